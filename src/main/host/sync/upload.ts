import { z } from 'zod'
import type { Core } from '#core/create-core.ts'
import type { Store } from '#core/database/store.ts'
import { giveAuthorityAway, noteServer, type ServerRow } from '#core/sync/connection-rows.ts'
import { type TableDigest, tableDigest, uploadedTables, uploadPage } from '#core/sync/upload.ts'
import { MissingTables, Nothing, Received } from '#core/sync/upload-wire.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'
import type { Transport } from './http-transport.ts'

export interface UploadParts {
  readonly core: Core
  readonly store: Store
  readonly workspace: Id
  readonly transport: Transport
  readonly row: ServerRow
  readonly signal: AbortSignal
  readonly onProgress: (done: bigint, total: bigint) => void
}

type Ended = z.infer<typeof Received>

/** Where sending stands: the table under way, or what is left to do once nothing more is to be sent. */
const Progress = z.union([
  z.object({ table: z.string(), after: z.string() }),
  z.object({ received: Received }),
])

/** The server reads a whole table to compare it, and moves everything at the end: that may take its time. */
const LONG = 15 * 60_000
/** Somebody works here while it is uploaded: after so many rounds they are asked to stop for a moment. */
const MOST_PASSES = 20

/**
 * Sends a standalone workspace to the empty one of a server, and gives it the last word there. It can be cut off
 * anywhere: before the one transaction in which this machine gives its authority away the workspace is
 * standalone and whole, after it connected; what is done here from then on waits in the outbox.
 */
export async function uploadWorkspace(parts: UploadParts): Promise<void> {
  const { store, workspace, transport, row } = parts
  const known = await progressOf(parts)
  let received = known && 'received' in known ? known.received : null
  if (!received) {
    const place = known && 'table' in known ? known : null
    if (!place) await note(parts, null)
    received = await sendAll(parts, place)
  }
  await transport.ask({ path: '/upload/finish', message: received, answer: Nothing, patience: LONG })
  await store.write(workspace, 'job', tx => noteServer(tx, { ...row, state: 'joining', progress: null }))
}

async function sendAll(
  parts: UploadParts,
  resumed: { readonly table: string; readonly after: string } | null,
): Promise<Ended> {
  const { core, store, workspace, transport, signal } = parts
  let from = resumed
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const version = await core.version()
    const digests: TableDigest[] = []
    for (const name of uploadedTables.keys()) {
      signal.throwIfAborted()
      digests.push(await tableDigest(store, workspace, name))
    }
    const missing = await transport.ask({
      path: '/upload/missing',
      message: digests,
      answer: MissingTables,
      patience: LONG,
    })
    if (missing.length === 0) {
      const received = await switchOver(parts, version)
      // Somebody did something meanwhile: what they changed goes up too.
      if (received) return received
      continue
    }
    const wanted = digests.filter(one => missing.includes(one.name))
    const total = wanted.reduce((sum, one) => sum + one.rows, 0n)
    let done = 0n
    for (const { name } of wanted) {
      await sendTable(parts, name, from?.table === name ? from.after : null, rows => {
        done += BigInt(rows)
        parts.onProgress(done, total)
      })
      from = null
    }
  }
  throw new Error('the workspace changes faster than it can be uploaded')
}

async function sendTable(
  parts: UploadParts,
  table: string,
  resumeAfter: string | null,
  sent: (rows: number) => void,
): Promise<void> {
  const { store, workspace, transport, signal } = parts
  let after = resumeAfter
  for (let first = after === null; ; first = false) {
    signal.throwIfAborted()
    const page = await uploadPage(store, workspace, table, after)
    await transport.ask({
      path: '/upload/rows',
      message: { table, first, rows: page.rows },
      answer: Nothing,
      patience: LONG,
    })
    sent(page.rows.length)
    if (page.next === null) return
    after = page.next
    await note(parts, { table, after })
  }
}

/** The one moment. Null when the workspace is not any more what was sent. */
async function switchOver(parts: UploadParts, version: bigint): Promise<Ended | null> {
  const { store, workspace, row } = parts
  return store.write(workspace, 'person', async tx => {
    const state = await tx.db.selectFrom('workspace_state').selectAll().executeTakeFirstOrThrow()
    if (state.version !== version) return null
    const last = await tx.db
      .selectFrom('command_log')
      .select(['id', 'hash'])
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    const { name, zone, currency, demo } = state
    const received: Ended = {
      origin: workspace,
      last: last.id,
      head: last.hash,
      facts: { name, zone, currency, demo },
    }
    await giveAuthorityAway(tx, { cursor: -1n, version: 0n })
    await noteServer(tx, { ...row, state: 'uploading', progress: canonicalJson({ received }) })
    return received
  })
}

async function progressOf({ store, workspace }: UploadParts): Promise<z.infer<typeof Progress> | null> {
  const row = await store.read(workspace, reader =>
    reader.db.selectFrom('sync_server').select('progress').executeTakeFirst(),
  )
  return row?.progress ? Progress.parse(fromCanonical(row.progress)) : null
}

async function note(
  { store, workspace, row }: UploadParts,
  progress: { readonly table: string; readonly after: string } | null,
): Promise<void> {
  await store.write(workspace, 'job', tx =>
    noteServer(tx, {
      ...row,
      state: 'uploading',
      progress: progress === null ? null : canonicalJson(progress),
    }),
  )
}
