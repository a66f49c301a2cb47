import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { refuse } from '#shared/errors.ts'

/**
 * Listens on 127.0.0.1, and says which port it got.
 * @throws Refusal `HOST_PORT_TAKEN` when another program has the port, or it may not be used
 */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? refuse(
              'HOST_PORT_TAKEN',
              { port },
              `Port ${port} is taken or not allowed. Choose another with --port.`,
            )
          : error,
      )
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}
