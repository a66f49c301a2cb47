import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { type CommandCall, handle, type InputOf } from '#core/runtime/handlers.ts'
import { sequencesOf } from '#engines/billing/sepa/mandate.ts'
import { sepaText } from '#engines/billing/sepa/sepa-text.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { type DebitCandidate, debits as leaf } from '#shared/contract/billing/sepa.ts'
import { refuse } from '#shared/errors.ts'
import { digestOf } from '#shared/ids.ts'
import { demandAuthority } from '../corrections/authority.ts'
import { insertPayment } from '../payments/record-payment.ts'
import { type Candidates, debitCandidates } from './candidates.ts'
import { factsOf } from './mandate-rows.ts'
import { debitRun } from './run-rows.ts'
import { type Collection, writePain008 } from './write-pain008.ts'

type Call = CommandCall<InputOf<typeof leaf.create>>
/** Rows stored at a time: databases limit the parameters of a query. */
const PAGE = 500

/** Makes a file of direct debits, with a pending payment for each invoice. */
export const createDebits = handle(leaf.create, async call => {
  const { tx, input, ids, now, receivedAt, actor } = call
  await demandAuthority(tx)
  const account = await collectingAccount(call)
  const found = await debitCandidates(tx, receivedAt, input.collectOn)
  const chosen = chosenOf(found, input.invoiceIds)
  const runId = ids.next()
  const messageId = `QD-${runId.replaceAll('-', '').slice(-24)}`
  const items: Row<'debit_items'>[] = []
  const collections: Collection[] = []
  for (const [mandateId, own] of Map.groupBy(chosen, one => one.mandateId!)) {
    const known = found.mandates.get(mandateId)!
    const { row: mandate } = known
    const sequences = sequencesOf(factsOf(known), own.length)
    for (const [index, one] of own.entries()) {
      const sequence = sequences[index]
      if (sequence === undefined)
        throw refuse('BILLING_DEBIT_INVOICE', { invoiceId: one.invoiceId, fault: 'used' })
      const endToEndId = await nextEndToEndId(call, one)
      items.push({
        ...{ id: ids.next(), run_id: runId, invoice_id: one.invoiceId, customer_id: one.customerId },
        ...{ mandate_id: mandateId, payment_id: await pendingPayment(call, one, endToEndId) },
        ...{ end_to_end_id: endToEndId, sequence, collect_on: input.collectOn, amount: one.amount },
      })
      collections.push({
        ...{ endToEndId, sequence, scheme: mandate.scheme, amount: one.amount, mandate: mandate.reference },
        ...{ signedOn: mandate.signed_on, holder: mandate.holder, iban: mandate.iban, bic: mandate.bic },
        text: one.number,
      })
    }
    if (mandate.ending === 1n) await end(call, mandateId)
  }
  const { holder: name, number: iban, bic, creditor_id: creditorId } = account
  const file = writePain008({
    ...{ messageId, createdAt: receivedAt, collectOn: input.collectOn, collections },
    creditor: { name, iban, bic, creditorId },
  })
  await tx.db
    .insertInto('debit_runs')
    .values({
      ...{ id: runId, message_id: messageId, account_id: account.id, collect_on: input.collectOn },
      ...{ state: 'open', count: BigInt(items.length), file, digest: digestOf(file) },
      amount: items.reduce((sum, { amount }) => sum + amount, 0n),
      ...{ file_name: `${messageId}.xml`, created_by: byWhom(actor), created_at: now },
    })
    .execute()
  for (let from = 0; from < items.length; from += PAGE)
    await tx.db
      .insertInto('debit_items')
      .values(items.slice(from, from + PAGE))
      .execute()
  return debitRun(tx, runId)
})

async function collectingAccount({ tx, input }: Call): Promise<Row<'bank_accounts'>> {
  const { accountId } = input
  const account = await tx.db
    .selectFrom('bank_accounts')
    .selectAll()
    .where('id', '=', accountId)
    .executeTakeFirst()
  if (!account) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'bank-account', id: accountId })
  const { active, currency, creditor_id: creditor, number } = account
  if (active !== 1n || currency !== 'EUR' || creditor === '' || !/^[A-Z]{2}\d{2}/.test(number))
    throw refuse('BILLING_DEBIT_ACCOUNT', { accountId })
  return account
}

function chosenOf({ candidates }: Candidates, invoiceIds: readonly string[]): DebitCandidate[] {
  const byId = new Map(candidates.map(one => [one.invoiceId, one]))
  return [...new Set(invoiceIds)].map(invoiceId => {
    const one = byId.get(invoiceId)
    if (!one || one.fault !== null)
      throw refuse('BILLING_DEBIT_INVOICE', { invoiceId, fault: one?.fault ?? 'not-open' })
    return one
  })
}

/** The number of the invoice, and which try it is from the second on: what banks name in what comes back. */
async function nextEndToEndId({ tx }: Call, one: DebitCandidate): Promise<string> {
  const { tries } = await tx.db
    .selectFrom('debit_items')
    .select(eb => eb.fn.countAll<bigint>().as('tries'))
    .where('invoice_id', '=', one.invoiceId)
    .executeTakeFirstOrThrow()
  const number = sepaText(one.number, 30).replaceAll(' ', '-')
  return tries === 0n ? number : `${number}-${tries + 1n}`
}

/** The payment that waits for it already, such as one that dunning asked for; else a new one. */
async function pendingPayment(call: Call, one: DebitCandidate, reference: string): Promise<string> {
  const { tx } = call
  const asked_for = canonicalJson([one.invoiceId])
  const known = await tx.db
    .selectFrom('payments')
    .select('id')
    .where('customer_id', '=', one.customerId)
    .where('provider', '=', 'sepa')
    .where('state', '=', 'pending')
    .where('asked_for', '=', asked_for)
    .executeTakeFirst()
  if (known) {
    await tx.db
      .updateTable('payments')
      .set({ amount: one.amount, reference })
      .where('id', '=', known.id)
      .execute()
    return known.id
  }
  const { id } = await insertPayment(
    call,
    {
      ...{ customerId: one.customerId, currency: 'EUR', amount: one.amount },
      ...{ method: 'direct-debit', reference },
    },
    { state: 'pending', received_at: null, provider: 'sepa', asked_for },
  )
  return id
}

/** Its last collection is under way: nothing more is taken by it. */
async function end({ tx, now }: Call, mandateId: string): Promise<void> {
  await tx.db.updateTable('sepa_mandates').set({ revoked_at: now }).where('id', '=', mandateId).execute()
  await tx.db
    .updateTable('payment_methods')
    .set({ removed_at: now, is_default: 0n })
    .where('provider', '=', 'sepa')
    .where('provider_ref', '=', mandateId)
    .execute()
}
