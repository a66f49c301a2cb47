import type { Store } from '#core/database/store.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Id } from '#shared/ids.ts'
import { type HeadKeeper, headBytes, type SignedHead, type Signer } from './head.ts'

/** What a host gives so that the log can be proved. */
export interface LogHeadServices {
  readonly signer: Signer
  readonly keeper: HeadKeeper
  /** Raw public keys whose signatures count, by key id; the signer's own always does. */
  readonly trusted: ReadonlyMap<string, Uint8Array>
}

export interface HeadSignerParts extends Pick<LogHeadServices, 'signer' | 'keeper'> {
  readonly store: Store
  readonly workspace: Id
  readonly now: () => bigint
  readonly timer: Timer
  readonly committed: (tables: ReadonlySet<string>) => void
  readonly onFailure: (error: unknown) => void
  /** How long commits are gathered before the last of them is signed, in milliseconds. */
  readonly delay?: number
}

/**
 * Signs the end of the command log after commits: the newest entry, once for all commits of a moment. A
 * failure to sign or to keep is told and tried again with the next head; it never holds up a command.
 */
export function createHeadSigner(parts: HeadSignerParts) {
  const { store, workspace, signer, keeper, timer } = parts
  let cancel: (() => void) | null = null
  let closed = false
  let working: Promise<void> = Promise.resolve()

  async function signNewest(): Promise<void> {
    const newest = await store.read(workspace, async reader => {
      const entry = await reader.db
        .selectFrom('command_log')
        .select(['version', 'hash'])
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst()
      const head = await newestHead(reader)
      return entry && entry.version !== head?.version ? entry : null
    })
    if (!newest) return
    const unsigned = { ...newest, signedAt: parts.now(), keyId: signer.keyId }
    const signature = Buffer.from(await signer.sign(headBytes(workspace, unsigned))).toString('hex')
    const changed = await store.write(workspace, 'job', async tx => {
      await tx.db
        .insertInto('log_heads')
        .values({ ...newest, signed_at: unsigned.signedAt, key_id: unsigned.keyId, signature })
        .onConflict(conflict => conflict.columns(['version']).doNothing())
        .execute()
      return tx.touched.changed
    })
    parts.committed(changed)
    await keeper.keep({ ...unsigned, signature })
  }

  /** Keeps what a crash left in the database only. */
  async function keepMissing(): Promise<void> {
    const last = (await keeper.kept()).at(-1)?.version ?? 0n
    const missing = await store.read(workspace, reader =>
      reader.db.selectFrom('log_heads').selectAll().where('version', '>', last).orderBy('version').execute(),
    )
    for (const row of missing) await keeper.keep(headOf(row))
  }

  function work(steps: () => Promise<void>): Promise<void> {
    working = working.then(steps).catch(parts.onFailure)
    return working
  }

  return {
    /** Keeps what is missing elsewhere, and signs what an earlier end left unsigned. */
    start: () =>
      work(async () => {
        await keepMissing()
        await signNewest()
      }),
    /** Called after each commit of the log. */
    wake(): void {
      // What is committed while the core ends is signed at its next start.
      if (closed) return
      cancel ??= timer.after(parts.delay ?? 200, () => {
        cancel = null
        void work(signNewest)
      })
    },
    /** Signs what is left. */
    async close(): Promise<void> {
      closed = true
      cancel?.()
      cancel = null
      await work(signNewest)
    },
  }
}

export type HeadSigner = ReturnType<typeof createHeadSigner>

/** A head as the table has it. */
export function headOf(row: {
  version: bigint
  hash: string
  signed_at: bigint
  key_id: string
  signature: string
}): SignedHead {
  const { version, hash, signature } = row
  return { version, hash, signedAt: row.signed_at, keyId: row.key_id, signature }
}

/** The newest signed head in the database. */
export async function newestHead(reader: {
  db: Pick<Parameters<Parameters<Store['read']>[1]>[0]['db'], 'selectFrom'>
}): Promise<SignedHead | null> {
  const row = await reader.db
    .selectFrom('log_heads')
    .selectAll()
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? headOf(row) : null
}
