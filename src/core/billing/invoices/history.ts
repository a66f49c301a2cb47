import type { Reader } from '#core/database/store.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'

/** Notes what a command did with an invoice. */
export async function noteInvoice(
  { tx, commandId, actor, now }: Pick<CommandCall<unknown>, 'tx' | 'commandId' | 'actor' | 'now'>,
  invoiceId: string,
  command: string,
  note: string | null = null,
): Promise<void> {
  const row = { command, by: actor?.id ?? null, at: now, note }
  await tx.db
    .insertInto('invoice_history')
    .values({ invoice_id: invoiceId, command_id: commandId, ...row })
    // A command that runs two others on one invoice is one entry, and the last word counts.
    .onConflict(conflict => conflict.columns(['invoice_id', 'command_id']).doUpdateSet(row))
    .execute()
}

/** What happened to an invoice, oldest first. */
export async function historyOf(reader: Pick<Reader, 'db'>, invoiceId: string) {
  const rows = await reader.db
    .selectFrom('invoice_history')
    .selectAll()
    .where('invoice_id', '=', invoiceId)
    .orderBy('at')
    .orderBy('command_id')
    .execute()
  return rows.map(({ command_id, command, by, at, note }) => ({
    commandId: command_id,
    command,
    by,
    at,
    note,
  }))
}
