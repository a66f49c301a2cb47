import { z } from 'zod'
import type { Store } from '#core/database/store.ts'
import { capabilityOf, type Handler } from '#core/runtime/handlers.ts'
import type { DocumentBytes } from '#core/sync/desk-port.ts'
import type { PushedCommand } from '#core/sync/protocol.ts'
import { Bytes } from '#core/sync/wire.ts'
import type { StagedFiles } from '#serving/files/staged-files.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Transport } from './http-transport.ts'
import { sendFile } from './send-file.ts'

/** Failures of the way, not of what was asked. */
const ON_THE_WAY =
  /^SYNC_(OFFLINE|NO_ANSWER|TLS|SERVER_AWAY|NOT_OURS|REDIRECTED|BAD_MESSAGE|PATH_UNKNOWN|NOT_CONNECTED)$/

/**
 * Asks a capability of the authority.
 * @throws Refusal `SYNC_NETWORK_NEEDED`, and what the authority refuses
 */
export async function askRemote(
  transport: Transport,
  capability: string,
  input: unknown,
  person: Id | null,
): Promise<unknown> {
  return needingNetwork(capability, async () => {
    const { value } = await transport.ask({
      path: '/call',
      message: { capability, input, person },
      answer: z.object({ value: z.unknown() }),
    })
    return value
  })
}

const Document = z.object({
  entity: z.string(),
  rowId: z.uuid(),
  fileName: z.string(),
  mediaType: z.string(),
  digest: z.string(),
  bytes: Bytes,
  createdAt: z.bigint(),
})

/** The bytes of a document, from the server. */
export async function fetchDocument(transport: Transport, id: Id): Promise<DocumentBytes> {
  return needingNetwork('billing.invoices.document', () =>
    transport.ask({ path: '/document', message: { id }, answer: Document }),
  )
}

/** Keeps a document, so that it is here the next time without a network. Its bytes never change. */
export async function keepDocument(
  store: Store,
  workspace: Id,
  id: Id,
  document: DocumentBytes,
): Promise<void> {
  await store.write(workspace, 'job', async tx => {
    await tx.db
      .insertInto('documents')
      .values({
        id,
        entity: document.entity,
        row_id: document.rowId,
        file_name: document.fileName,
        media_type: document.mediaType,
        digest: document.digest,
        bytes: document.bytes,
        created_at: document.createdAt,
      })
      .onConflict(conflict => conflict.doNothing())
      .execute()
  })
}

async function needingNetwork<T>(capability: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isRefusal(error) || !ON_THE_WAY.test(error.code)) throw error
    throw refuse('SYNC_NETWORK_NEEDED', { capability, reason: error.code }, error.message)
  }
}

/**
 * Sends the files that commands name by handles, under the same handles, so that the authority finds them.
 * One that is not here any more is left out: the authority says so in its answer to the command.
 */
export async function sendFiles(
  transport: Transport,
  files: Pick<StagedFiles, 'find'>,
  handlers: ReadonlyMap<string, Handler>,
  commands: readonly PushedCommand[],
): Promise<void> {
  for (const { command, input } of commands) {
    const handler = handlers.get(command)
    if (!handler || !capabilityOf(handler.leaf).files) continue
    for (const handle of handlesIn(fromCanonical(input))) {
      let facts: ReturnType<typeof files.find>
      try {
        facts = files.find(handle, 'read')
      } catch {
        continue
      }
      await sendFile(transport, facts)
    }
  }
}

/** The handles of an input. Commands with files name them so (`files: true` in the contract). */
function handlesIn(input: unknown): string[] {
  const { fileId } = (input ?? {}) as { readonly fileId?: unknown }
  return typeof fileId === 'string' ? [fileId] : []
}
