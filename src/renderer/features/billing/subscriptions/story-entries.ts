import type { StoryShown } from './subscription-page.tsx'

/** One line of a subscription's story. */
export interface StoryEntry {
  readonly at: bigint
  readonly kind: 'transition' | 'change' | 'bill' | 'renewal'
  /** The transition, the kind of change, or the number of the invoice. */
  readonly what: string
  /** Minor units, before tax. */
  readonly amount: bigint | null
  readonly takenBack: boolean
  readonly by: string | null
  /** Of a change that was made at another time than the one from which it counts. */
  readonly madeAt: bigint | null
  readonly invoiceId: string | null
  readonly period: string | null
}

/** Who enters a change that counts at once takes a moment to do so. */
const A_MINUTE = 60_000n

const NOTHING = { amount: null, takenBack: false, by: null, madeAt: null, invoiceId: null, period: null }

/**
 * All that happened to a subscription and is to happen, the latest first: states with their own instants, changes
 * of terms from when they count, invoices, and what the next periods bring. A change that only leads to a
 * transition of the same instant is not told twice.
 */
export function storyEntries(story: StoryShown): StoryEntry[] {
  const entries: StoryEntry[] = []
  for (const { at, transition } of story.moments)
    entries.push({ ...NOTHING, at, kind: 'transition', what: transition })
  const told = new Set(
    story.moments.map(({ at, transition }) => `${TOLD_BY[transition] ?? transition}/${at}`),
  )
  for (const { change, by, madeAt, takenBackAt } of story.changes) {
    const takenBack = takenBackAt !== null
    if (!takenBack && told.has(`${change.kind}/${change.at}`)) continue
    const later = madeAt - change.at < A_MINUTE && change.at - madeAt < A_MINUTE ? null : madeAt
    entries.push({
      ...{ ...NOTHING, at: change.at, kind: 'change', what: change.kind, takenBack, by, madeAt: later },
    })
  }
  for (const { invoiceId, number, period, amount, at } of story.bills)
    entries.push({ ...NOTHING, at, kind: 'bill', what: number ?? '', amount, invoiceId, period })
  for (const { at, amount } of story.renewals)
    entries.push({ ...NOTHING, at, kind: 'renewal', what: 'renewal', amount })
  return entries.sort((a, b) => (a.at === b.at ? 0 : a.at > b.at ? -1 : 1))
}

/** Which change a transition is the sight of. */
const TOLD_BY: Readonly<Record<string, string>> = {
  ...{ pause: 'pause', resume: 'resume', cancel: 'cancel', 'give-up': 'cancel', reactivate: 'reactivate' },
}
