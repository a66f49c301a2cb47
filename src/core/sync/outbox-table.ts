import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'

export type OutboxRow = Row<'outbox'>

type NewRow = Omit<OutboxRow, 'number' | 'answered_version' | 'answer' | 'refusal' | 'attempts'>

/** Adds a command behind those that wait already. */
export async function addToOutbox(tx: Tx, row: NewRow): Promise<void> {
  const newest = async (table: 'outbox' | 'outbox_settled') =>
    (await tx.db.selectFrom(table).select('number').orderBy('number', 'desc').limit(1).executeTakeFirst())
      ?.number
  // Numbers go on also when nothing waits any more: by them the oldest kept answers are found.
  const last = (await newest('outbox')) ?? (await newest('outbox_settled'))
  await tx.db
    .insertInto('outbox')
    .values({
      ...row,
      number: (last ?? 0n) + 1n,
      answered_version: null,
      answer: null,
      refusal: null,
      attempts: 0n,
    })
    .execute()
}

/** The outbox's row of a command, when it is there. */
export async function outboxRowOf(tx: Pick<Tx, 'db'>, id: Id): Promise<OutboxRow | undefined> {
  return tx.db.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Forgets what is kept for comparing of commands that are no longer in the outbox. */
export async function forgetContext(tx: Pick<Tx, 'db'>): Promise<void> {
  await tx.db
    .deleteFrom('outbox_context')
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('outbox').select('outbox.id').whereRef('outbox.id', '=', 'outbox_context.id'))),
    )
    .execute()
}

/** Answers that a desk keeps of commands that left its outbox. */
const KEPT = 1000
const AT_ONCE = 200

/**
 * Lets go of the commands whose rows have come, and keeps their answers a while: a page whose answer was lost
 * asks again under the same id.
 * @returns how many
 */
export async function dropSettled(tx: Pick<Tx, 'db'>, cursor: bigint): Promise<number> {
  const settled = await tx.db
    .selectFrom('outbox')
    .select(['id', 'number', 'command', 'answer'])
    .where('answered_version', '<=', cursor)
    .orderBy('number', 'desc')
    .execute()
  const newest = settled[0]
  if (!newest) return 0
  const kept = settled.slice(0, KEPT).map(row => ({ ...row, answer: row.answer ?? 'null' }))
  for (let start = 0; start < kept.length; start += AT_ONCE)
    await tx.db
      .insertInto('outbox_settled')
      .values(kept.slice(start, start + AT_ONCE))
      .onConflict(conflict => conflict.columns(['id']).doNothing())
      .execute()
  await tx.db
    .deleteFrom('outbox_settled')
    .where('number', '<=', newest.number - BigInt(KEPT))
    .execute()
  await tx.db.deleteFrom('outbox').where('answered_version', '<=', cursor).execute()
  await forgetContext(tx)
  return settled.length
}
