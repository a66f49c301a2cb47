import { ignoreLine } from '#core/billing/bank/match-line.ts'
import { fingerprinted } from '#core/billing/bank/statement.ts'
import { storeBankFile } from '#core/billing/bank/store-file.ts'
import { openInvoices } from '#core/billing/payments/open-invoices.ts'
import { reading, type Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { digestOf } from '#shared/ids.ts'
import { doneThen } from './done-then.ts'
import { type BookFacts, DAY, dayOf, HOUR } from './facts.ts'

/** What the account held before the statement, in minor units. */
const OPENING = 18_423_071n

/** A statement of the bank whose lines wait to be matched: clear ones, doubtful ones, and two that are no customer's. */
export async function keepStatement(tx: Tx, { actor, now }: BookFacts, { jobId }: JobFacts): Promise<void> {
  const known = await tx.db.selectFrom('bank_files').select('id').limit(1).executeTakeFirst()
  const account = await tx.db
    .selectFrom('bank_accounts')
    .select('id')
    .where('currency', '=', 'EUR')
    .executeTakeFirst()
  if (known || !account) return
  const collected = await tx.db
    .selectFrom('debit_items as item')
    .innerJoin('payments as payment', 'payment.id', 'item.payment_id')
    .select('item.invoice_id')
    .where('payment.state', '=', 'pending')
    .execute()
  const underWay = new Set(collected.map(row => row.invoice_id))
  const all = await openInvoices(reading(tx), now)
  const open = all.filter(one => one.currency === 'EUR' && !underWay.has(one.invoiceId)).slice(0, 6)
  const [first, last] = [dayOf(now - 3n * DAY), dayOf(now - DAY)]
  const line = (
    amount: bigint,
    name: string,
    text: string,
    more: { on?: string; reference?: string } = {},
  ) => ({
    ...{ bookedOn: more.on ?? last, valueOn: more.on ?? last, amount, currency: 'EUR', name, text },
    ...{ iban: '', reference: more.reference ?? '', returnCode: '', bank: '' },
  })
  const paid = open.map((one, index) => {
    // Whole with the number, a part of it, the amount alone, and one cent too little.
    if (index === 1) return line(one.open / 2n, one.customer, `Part of ${one.number}`, { on: first })
    if (index === 3) return line(one.open, one.customer.toUpperCase().slice(0, 27), 'Rechnung September')
    if (index === 4) return line(one.open - 1n, one.customer, `${one.number}`)
    return line(one.open, one.customer, `Invoice ${one.number}`, { on: first })
  })
  const lines = [
    ...paid,
    line(48_000n, 'Kreativwerk Hansen', 'Deposit returned, room 4'),
    line(-1_290n, '', 'Account charges', { reference: 'FEE-1120' }),
    line(-312_400n, 'Stadtwerke Hamburg', 'Electricity, customer 88-104', { reference: 'SWH-88104' }),
  ]
  const closing = lines.reduce((sum, { amount }) => sum + amount, OPENING)
  const past = { tx, jobId, actor }
  await doneThen(past, now - 12n * HOUR, 'statement', storeBankFile, {
    ...{ accountId: account.id, fileName: `hafenbank-${last}.xml`, digest: digestOf(`${jobId}/statement`) },
    ...{ format: 'camt.053', statement: `${last.slice(0, 4)}-224`, firstOn: first, lastOn: last },
    ...{ opening: OPENING, closing, lines: fingerprinted(lines) },
  })
  const charges = await tx.db
    .selectFrom('bank_lines')
    .select('id')
    .where('reference', '=', 'FEE-1120')
    .executeTakeFirstOrThrow()
  await doneThen(past, now - 11n * HOUR, 'statement/charges', ignoreLine, {
    ...{ lineId: charges.id, note: 'The bank’s own' },
  })
}
