import type { Reader, Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'

/** Notes what a command did with an invoice. */
export function noteInvoice(
  { tx, commandId, actor, now }: Pick<CommandCall<unknown>, 'tx' | 'commandId' | 'actor' | 'now'>,
  invoiceId: string,
  command: string,
  note: string | null = null,
): Promise<void> {
  return noteHistory(tx, { invoiceId, commandId, command, by: byWhom(actor), at: now, note })
}

/** Something that happened to an invoice. */
export interface Happening {
  readonly invoiceId: string
  readonly commandId: string
  readonly command: string
  readonly by: string | null
  readonly at: bigint
  readonly note: string | null
}

/** Adds to the history of an invoice. What one command does with it is one entry, and its last word counts. */
export async function noteHistory(tx: Tx, what: Happening): Promise<void> {
  const { invoiceId, commandId, command, by, at, note } = what
  const { last } = await tx.db
    .selectFrom('invoice_history')
    .select(eb => eb.fn.max('number').as('last'))
    .where('invoice_id', '=', invoiceId)
    .executeTakeFirstOrThrow()
  const row = { command, by, at, note }
  await tx.db
    .insertInto('invoice_history')
    .values({ invoice_id: invoiceId, command_id: commandId, number: (last ?? 0n) + 1n, ...row })
    .onConflict(conflict => conflict.columns(['invoice_id', 'command_id']).doUpdateSet(row))
    .execute()
}

/** What happened to an invoice, oldest first. */
export async function historyOf(reader: Pick<Reader, 'db'>, invoiceId: string) {
  const rows = await reader.db
    .selectFrom('invoice_history')
    .selectAll()
    .where('invoice_id', '=', invoiceId)
    .orderBy('number')
    .execute()
  return rows.map(({ command_id, command, by, at, note }) => ({
    commandId: command_id,
    command,
    by,
    at,
    note,
  }))
}
