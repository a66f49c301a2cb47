import { implement, ORPCError } from '@orpc/server'
import { hostContract } from '#shared/host-contract.ts'

/** A server's folders, logs and copies are for those who run it: its pages get nothing of them. */
export function serverRouter(): object {
  const os = implement(hostContract)
  const forbidden = (): never => {
    throw new ORPCError('HOST_FORBIDDEN', { data: {}, message: 'Those who run the server look after this.' })
  }
  return {
    about: os.about.handler(forbidden),
    log: os.log.handler(forbidden),
    backup: os.backup.handler(forbidden),
  }
}
