import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import type { BankFile, BankLine, Suggestion } from '#shared/contract/billing/bank.ts'
import { refuse } from '#shared/errors.ts'

/** The row of a line. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getLine(
  session: Pick<Reader, 'db'> | Pick<Tx, 'db'>,
  id: string,
): Promise<Row<'bank_lines'>> {
  const row = await reading(session as Tx)
    .db.selectFrom('bank_lines')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'bank-line', id })
  return row
}

/** A line as the contract shows it. */
export function shownLine(row: Row<'bank_lines'>, suggestions: readonly Suggestion[] = []): BankLine {
  return {
    ...{ id: row.id, accountId: row.account_id, fileId: row.file_id },
    ...{ bookedOn: row.booked_on, valueOn: row.value_on, amount: row.amount, currency: row.currency },
    ...{ name: row.name, iban: row.iban, text: row.text, reference: row.reference },
    ...{ returnCode: row.return_code, state: row.state, paymentId: row.payment_id, note: row.note },
    ...{ decidedBy: row.decided_by, decidedAt: row.decided_at, suggestions: [...suggestions] },
  }
}

export function shownFile(row: Row<'bank_files'>): BankFile {
  return {
    ...{ id: row.id, accountId: row.account_id, fileName: row.file_name, format: row.format },
    ...{ statement: row.statement, firstOn: row.first_on, lastOn: row.last_on },
    ...{ opening: row.opening, closing: row.closing, lines: Number(row.lines), fresh: Number(row.fresh) },
    ...{ importedBy: row.imported_by, importedAt: row.imported_at },
  }
}
