import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'

export type OutboxRow = Row<'outbox'>

type NewRow = Omit<OutboxRow, 'number' | 'answered_version' | 'answer' | 'refusal' | 'attempts'>

/** Adds a command behind those that wait already. */
export async function addToOutbox(tx: Tx, row: NewRow): Promise<void> {
  const last = await tx.db
    .selectFrom('outbox')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  await tx.db
    .insertInto('outbox')
    .values({
      ...row,
      number: (last?.number ?? 0n) + 1n,
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
