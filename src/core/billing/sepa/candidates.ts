import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { mandateState } from '#engines/billing/sepa/mandate.ts'
import { addDays, addTargetDays, isTargetDay } from '#engines/billing/sepa/target-days.ts'
import { type DebitCandidate, debits as leaf } from '#shared/contract/billing/sepa.ts'
import { refuse } from '#shared/errors.ts'
import { disputedOf } from '../corrections/dispute-rows.ts'
import { openInvoices } from '../payments/open-invoices.ts'
import { factsOf, type KnownMandate, knownMandates, settlementDay } from './mandate-rows.ts'

/** A snapshot, or a transaction that is read. */
type Session = Reader | Tx

/** When money can be taken, by the lead time of banks and the notice to who pays. */
export interface DebitDays {
  readonly earliest: string
  readonly collectOn: string
  readonly notifyBy: string
}

/** @throws Refusal `BILLING_DEBIT_DAY` where banks do not settle then, or it is too soon */
export async function debitDays(session: Session, now: bigint, wanted?: string): Promise<DebitDays> {
  // Nothing in the environment overrides these two.
  const settings = await readSettings(reading(session as Tx), {})
  const earliest = addTargetDays(settlementDay(now), settings['billing.debitLeadDays'])
  const collectOn = wanted ?? earliest
  if (!isTargetDay(collectOn) || collectOn < earliest)
    throw refuse('BILLING_DEBIT_DAY', { collectOn, earliest })
  return { earliest, collectOn, notifyBy: addDays(collectOn, -settings['billing.debitNoticeDays']) }
}

export interface Candidates {
  readonly days: DebitDays
  readonly candidates: readonly DebitCandidate[]
  readonly mandates: ReadonlyMap<string, KnownMandate>
}

/** Open invoices in euros, with the mandate that they are collected by, and why some cannot be. */
export async function debitCandidates(session: Session, now: bigint, wanted?: string): Promise<Candidates> {
  const reader = reading(session as Tx)
  const days = await debitDays(session, now, wanted)
  const all = await openInvoices(reader, now)
  const open = all.filter(one => one.currency === 'EUR')
  const disputed = await disputedOf(
    reader,
    open.map(one => one.invoiceId),
  )
  const underWay = await collectedNow(reader)
  const mandates = await knownMandates(reader, {})
  const byCustomer = Map.groupBy(mandates, one => one.row.customer_id)
  const candidates = open.map(one => {
    const own = byCustomer.get(one.customerId) ?? []
    const stateOf = (known: KnownMandate) => mandateState(factsOf(known), days.collectOn)
    const valid = own.find(known => stateOf(known) === 'valid')
    const shown = valid ?? own[0]
    const fault = ((): DebitCandidate['fault'] => {
      if (underWay.has(one.invoiceId)) return 'under-way'
      if (!shown) return 'no-mandate'
      if (!valid) return stateOf(shown) as 'revoked'
      if (disputed.has(one.invoiceId)) return 'disputed'
      if (settlementDay(one.dueAt) > days.collectOn) return 'not-due'
      return settlementDay(one.issuedAt) > days.notifyBy ? 'notice' : null
    })()
    return {
      ...{ invoiceId: one.invoiceId, number: one.number, customerId: one.customerId, customer: one.customer },
      ...{ amount: one.open, dueAt: one.dueAt, fault },
      ...{ mandateId: shown?.row.id ?? null, mandate: shown?.row.reference ?? null },
    }
  })
  return { days, candidates, mandates: new Map(mandates.map(one => [one.row.id, one])) }
}

/** Invoices that are being collected: of a run, and not answered yet. */
async function collectedNow(reader: Pick<Reader, 'db'>): Promise<ReadonlySet<string>> {
  const rows = await reader.db
    .selectFrom('debit_items as item')
    .innerJoin('payments as payment', 'payment.id', 'item.payment_id')
    .select('item.invoice_id')
    .where('payment.state', '=', 'pending')
    .execute()
  return new Set(rows.map(row => row.invoice_id))
}

export const proposeDebits = answer(leaf.propose, async ({ reader, input, now }) => {
  const { days, candidates } = await debitCandidates(reader, now, input.collectOn)
  return { ...days, candidates: [...candidates] }
})
