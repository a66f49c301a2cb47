import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { bank as leaf } from '#shared/contract/billing/bank.ts'
import { refuse } from '#shared/errors.ts'
import { shownFile } from './bank-rows.ts'

/** Rows of one statement: databases limit the parameters of a query. */
const AT_ONCE = 200

/** A line that is there already is left as it is: it may be matched by now. */
export const storeBankFile = handle(leaf.store, async ({ tx, input, ids, now, actor }) => {
  const id = ids.next()
  const known = await tx.db
    .selectFrom('bank_files')
    .select(['file_name', 'imported_at'])
    .where('account_id', '=', input.accountId)
    .where('digest', '=', input.digest)
    .executeTakeFirst()
  if (known)
    throw refuse('BILLING_BANK_FILE_KNOWN', { fileName: known.file_name, importedAt: known.imported_at })
  const rows = input.lines.map(
    (line): Row<'bank_lines'> => ({
      ...{ id: ids.next(), file_id: id, account_id: input.accountId, fingerprint: line.fingerprint },
      ...{ booked_on: line.bookedOn, value_on: line.valueOn, amount: line.amount, currency: line.currency },
      ...{ name: line.name, iban: line.iban, text: line.text, reference: line.reference },
      ...{ return_code: line.returnCode, state: 'open', payment_id: null, note: null },
      ...{ decided_by: null, decided_at: null },
    }),
  )
  let fresh = 0n
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const { numInsertedOrUpdatedRows } = await tx.db
      .insertInto('bank_lines')
      .values(rows.slice(from, from + AT_ONCE))
      .onConflict(conflict => conflict.columns(['account_id', 'fingerprint']).doNothing())
      .executeTakeFirstOrThrow()
    fresh += numInsertedOrUpdatedRows!
  }
  const file: Row<'bank_files'> = {
    ...{ id, account_id: input.accountId, file_name: input.fileName, digest: input.digest },
    ...{ format: input.format, statement: input.statement, first_on: input.firstOn, last_on: input.lastOn },
    ...{ opening: input.opening, closing: input.closing, lines: BigInt(rows.length), fresh },
    ...{ imported_by: byWhom(actor), imported_at: now },
  }
  await tx.db.insertInto('bank_files').values(file).execute()
  return shownFile(file)
})

export const listBankFiles = answer(leaf.files, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('bank_files')
    .selectAll()
    .orderBy('imported_at', 'desc')
    .orderBy('id')
    .limit(input.limit)
    .execute()
  return { files: rows.map(shownFile) }
})
