import type { Counts, FromCore, ToCore } from '#shared/core-process-protocol.ts'
import type { Keychain } from '#shared/host-entries.ts'
import type { Files } from './files.ts'

type Of<T extends FromCore['type']> = Extract<FromCore, { type: T }>

export interface CoreMessageServices {
  readonly send: (message: ToCore) => boolean
  readonly keychain: Keychain
  readonly files: Files
  readonly askForKey: (needs: Of<'needs-key'>) => Promise<void>
  readonly notify: (message: Of<'notification'>) => void
  readonly onReady: (workspaceName: string) => void
  readonly onCounts: (counts: Counts) => void
  readonly log: (line: string) => void
}

/** What the main process does with each message of the core. */
export function coreMessages(services: CoreMessageServices): (message: FromCore) => void {
  const { send, keychain, files, log } = services

  const lendKeychain = async (request: number, work: () => Promise<ToCore>): Promise<void> => {
    try {
      send(await work())
    } catch (error) {
      send({
        type: 'keychain-failed',
        request,
        reason: error instanceof Error ? error.message : String(error),
      })
    }
  }

  return message => {
    switch (message.type) {
      case 'ready':
        services.onReady(message.workspace.name)
        break
      case 'needs-key':
        void services.askForKey(message)
        break
      case 'wrap-key': {
        const { request, key } = message
        void lendKeychain(request, async () => ({
          type: 'key-wrapped',
          request,
          wrapped: await keychain.wrap(key),
        }))
        break
      }
      case 'unwrap-key': {
        const { request, wrapped } = message
        void lendKeychain(request, async () => ({
          type: 'key-unwrapped',
          request,
          ...(await keychain.unwrap(wrapped)),
        }))
        break
      }
      case 'file-granted':
      case 'file-refused':
        files.receive(message)
        break
      case 'notification':
        services.notify(message)
        break
      case 'counts':
        services.onCounts(message.counts)
        break
      case 'fatal':
        log(`The core stopped: ${message.code} ${message.reference ?? ''}`)
        break
      case 'file-saved':
        log('An export was written')
        break
    }
  }
}
