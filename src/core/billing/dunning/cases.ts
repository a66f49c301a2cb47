import type { Reader } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import { answer } from '#core/runtime/handlers.ts'
import {
  holdOf,
  nextSteps,
  overdueState,
  retryState,
  simulate,
  stepsDue,
} from '#engines/billing/dunning/next-steps.ts'
import { type DunningCase, type DunningTerms, dunning as leaf } from '#shared/contract/billing/dunning.ts'
import { demandTerms } from './campaigns.ts'
import { dunningFacts, type Facts, isCase } from './dunning-facts.ts'

type Names = Awaited<ReturnType<typeof namesOf>>

/** An invoice as pages show it. @param terms those that hold, or that are tried */
function shownCase(facts: Facts, terms: DunningTerms | null, now: bigint, person: Names): DunningCase {
  const { invoice, subject, campaign, pauses, done } = facts
  return {
    ...{ invoiceId: invoice.invoiceId, number: invoice.number, customerId: invoice.customerId },
    ...{ customer: invoice.customer, currency: invoice.currency, open: invoice.open },
    ...{ disputed: subject.disputed, dueAt: invoice.dueAt, overdueDays: invoice.overdueDays },
    zone: subject.zone,
    campaign: campaign && { id: campaign.id, name: campaign.name, version: campaign.version },
    state: overdueState(subject, now),
    retries: retryState(terms, subject),
    hold: holdOf(terms, subject, now),
    pauses: pauses.map(row => ({
      ...{ id: row.id, customerId: row.customer_id, until: row.until, reason: row.reason },
      invoiceId: row.invoice_id === '' ? null : row.invoice_id,
      createdBy: row.created_by === null ? null : person(row.created_by).name,
      createdAt: row.created_at,
    })),
    steps: done.length,
    lastAt: done.at(-1)?.at ?? null,
    next: nextSteps(terms, subject, now)[0] ?? null,
  }
}

const termsOf = ({ campaign }: Facts) => campaign?.terms ?? null

export const listCases = answer(leaf.list, async ({ reader, input, now }) => {
  const facts = (await dunningFacts(reader, input, now)).filter(isCase)
  const person = await namesOf(reader)
  const cases = facts.map(one => shownCase(one, termsOf(one), now, person)).sort(byNext)
  return { cases: cases.slice(0, input.limit), count: cases.length }
})

/** What comes first stands first; what nothing comes of, last, the longest overdue before. */
function byNext(a: DunningCase, b: DunningCase): number {
  if (a.next !== null && b.next !== null && a.next.at !== b.next.at) return a.next.at < b.next.at ? -1 : 1
  if ((a.next === null) !== (b.next === null)) return a.next === null ? 1 : -1
  return b.overdueDays - a.overdueDays || (a.number < b.number ? -1 : 1)
}

export const simulateDunning = answer(leaf.simulate, async ({ reader, input, now }) => {
  if (input.terms) demandTerms(input.terms)
  const person = await namesOf(reader)
  const facts = await dunningFacts(reader, input, now)
  return {
    invoices: facts.map(one => {
      const terms = input.terms ?? termsOf(one)
      return {
        ...shownCase(one, terms, now, person),
        done: one.done.map(row => ({
          ...{ at: row.at, track: row.track, days: Number(row.days), campaign: row.campaign },
          ...{ version: Number(row.version), message: row.message, recipients: Number(row.recipients) },
          ...{ paymentId: row.payment_id, task: row.task, action: row.action, amount: row.amount },
        })),
        ahead: simulate(terms, one.subject, now),
      }
    }),
  }
})

/** Invoices of which a run would do something at an instant. */
export async function dueCases(reader: Pick<Reader, 'db'>, now: bigint) {
  const facts = await dunningFacts(reader, {}, now)
  const due = facts.flatMap(one => {
    const steps = stepsDue(termsOf(one), one.subject, now)
    return steps.length === 0 ? [] : [{ facts: one, steps }]
  })
  return { looked: facts.length, due }
}

export const dueDunning = answer(leaf.due, async ({ reader, input, now }) => {
  const { looked, due } = await dueCases(reader, input.until ?? now)
  return {
    looked,
    due: due.map(({ facts: { invoice, subject, campaign }, steps }) => ({
      ...{ invoiceId: invoice.invoiceId, number: invoice.number, customer: invoice.customer },
      ...{ currency: invoice.currency, amount: subject.open - subject.disputed },
      ...{ campaign: campaign!.name, steps },
    })),
  }
})
