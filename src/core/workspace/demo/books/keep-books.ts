import { debtorsOf } from '#engines/demo/billing/sellers.ts'
import { billingSpan } from '#engines/demo/billing/span.ts'
import type { DemoCompany } from '#engines/demo/company.ts'
import { corrections } from '#shared/contract/billing/corrections.ts'
import { refunds } from '#shared/contract/billing/refunds.ts'
import { type DemoContext, submitterOf } from '../billing/chunks.ts'
import { type BookFacts, DAY } from './facts.ts'

/**
 * What people of the demo's company did besides closing months: wallets, direct debits, corrections, refunds, a
 * statement of the bank, the journal. Two requests wait for somebody else. What an attempt before this one did is not
 * done again.
 */
export async function keepBooks(context: DemoContext, company: DemoCompany): Promise<void> {
  const submit = submitterOf(context)
  const { closed, until } = billingSpan(company)
  const { analysts } = await submit('billing.people', null)
  const facts: BookFacts = {
    actor: { id: analysts[0]!, name: '', roles: ['analyst'] },
    ...{ now: BigInt(until) * DAY, closed: closed.at(-1)!, before: closed.at(-2)! },
    debtors: debtorsOf(company.customers),
  }
  await submit('books.wallets', facts)
  await submit('books.waysToPay', facts)
  await submit('books.debits', facts)
  const { refund, credit } = await submit('books.corrections', facts)
  await submit('books.statement', facts)
  await submit('books.journal', facts)
  const waiting = await submit('books.waiting', null)
  if (waiting > 0) return
  if (refund)
    await context.command(refunds.request, {
      ...{ from: { kind: 'payment', paymentId: refund.paymentId }, amount: refund.amount },
      reason: 'Their bank ran the transfer twice',
    })
  if (credit)
    await context.command(corrections.credit, {
      ...{ invoiceId: credit.invoiceId, wanted: { kind: 'amount', amount: credit.amount }, money: 'balance' },
      reason: 'The seats of a department that never signed in',
    })
}
