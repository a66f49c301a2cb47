import { isByHand, STEPS, type StepCode, type StepGroup, type StepState } from './steps.ts'

/** What a month comes to at its end, as the database has it. Counts, and instants in milliseconds. */
export interface MonthEndFacts {
  /** The month is over in every customer's zone. */
  readonly over: boolean
  readonly overAt: bigint
  readonly locked: boolean
  /** Imports of usage that are under way. */
  readonly imports: number
  /** Names of metrics that were used in the month before, and not in the last days of this one. */
  readonly silentMetrics: readonly string[]
  /** Subscriptions of which something came about that was not noted yet. */
  readonly unnoted: number
  /** A close of the month is under way. */
  readonly closing: boolean
  readonly closedAt: bigint | null
  readonly dryRunAt: bigint | null
  /** Customers whose usage or subscription changed for a time that was billed. */
  readonly late: number
  /** What the last close could not bill. */
  readonly unbilled: number
  readonly drafts: { readonly count: number; readonly doubtful: number; readonly unassigned: number }
  readonly held: number
  readonly approved: number
  /** Credit notes of the month that are not issued. */
  readonly creditNotes: number
  /** Approval requests of billing that wait for votes. */
  readonly approvals: number
  readonly issued: number
  readonly documents: { readonly making: number; readonly failed: number }
  /** Of issued invoices that are to go out by e-mail; null where the workspace has no mail server. */
  readonly mails: { readonly unsent: number; readonly underWay: number; readonly failed: number } | null
  readonly bankLines: number
  /** Payments with money that settles nothing yet. */
  readonly payments: number
  readonly refunds: number
  /** Open ones whose deadline is near: what they are about, the first one's deadline and its invoice. */
  readonly disputes: {
    readonly near: number
    readonly titles: readonly string[]
    readonly deadlineAt: bigint | null
    readonly invoiceId: string | null
  }
  /** Rows whose sums do not come to each other. */
  readonly ledger: { readonly payments: number; readonly invoices: number; readonly balances: number }
  /** Numbers that were given and are on no document. */
  readonly missingNumbers: number
  readonly outbox: { readonly waiting: number; readonly review: number }
}

/** A step as it is: how much there is of it, and of what. */
export interface Judged {
  readonly code: StepCode
  readonly group: StepGroup
  readonly state: StepState
  /** How much is left; 0 where nothing is. */
  readonly count: number
  /** What the count is made of, or what else is to know, by codes. */
  readonly parts: readonly { readonly code: string; readonly count: number }[]
  /** Up to five names of what is left. */
  readonly names: readonly string[]
  /** When it came about or comes about, where that is known. */
  readonly at: bigint | null
  /** The row to begin with, where there is one. */
  readonly row: string | null
}

type Said = Partial<Pick<Judged, 'count' | 'parts' | 'names' | 'at' | 'row'>> & { readonly state: StepState }

const NAMED = 5
/** Something is left, or nothing is. */
const left = (count: number, more: Partial<Said> = {}): Said =>
  count > 0 ? { state: 'todo', count, ...more } : { state: 'done' }
const parts = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ code, count }))

type Rule = (facts: MonthEndFacts) => Said

/** What follows a close says nothing before it. */
const afterClose =
  (rule: Rule): Rule =>
  facts => {
    const said = rule(facts)
    return facts.closedAt === null && said.state === 'done' ? { state: 'blocked' } : said
  }
const afterIssue =
  (rule: Rule): Rule =>
  facts =>
    facts.issued === 0 ? { state: facts.closedAt === null ? 'blocked' : 'none' } : rule(facts)

const RULES: Readonly<Record<Exclude<StepCode, 'own' | 'lock'>, Rule>> = {
  over: ({ over, overAt }) => ({ state: over ? 'done' : 'blocked', at: overAt }),
  imports: ({ imports }) => (imports > 0 ? { state: 'waiting', count: imports } : { state: 'done' }),
  metrics: ({ silentMetrics }) => left(silentMetrics.length, { names: silentMetrics.slice(0, NAMED) }),
  daily: ({ unnoted }) => left(unnoted),
  'dry-run': ({ dryRunAt, closedAt }) =>
    dryRunAt !== null
      ? { state: 'done', at: dryRunAt }
      : { state: closedAt === null ? 'todo' : 'none', count: closedAt === null ? 1 : 0 },
  close({ over, closing, closedAt }) {
    if (closing) return { state: 'waiting', count: 1 }
    if (closedAt !== null) return { state: 'done', at: closedAt }
    return over ? { state: 'todo', count: 1 } : { state: 'blocked' }
  },
  late: ({ late }) => left(late),
  unbilled: afterClose(({ unbilled }) => left(unbilled)),
  drafts: afterClose(({ drafts: { count, doubtful, unassigned } }) =>
    left(count, { parts: parts({ doubtful, unassigned }) }),
  ),
  held: afterClose(({ held }) => left(held)),
  approvals: ({ approvals }) => (approvals > 0 ? { state: 'waiting', count: approvals } : { state: 'done' }),
  issue: afterClose(({ approved }) => left(approved)),
  'credit-notes': afterClose(({ creditNotes }) => left(creditNotes)),
  documents: afterIssue(({ documents: { making, failed } }) =>
    failed > 0
      ? left(failed + making, { parts: parts({ failed, making }) })
      : making > 0
        ? { state: 'waiting', count: making }
        : { state: 'done' },
  ),
  mails: afterIssue(({ mails }) => {
    if (mails === null) return { state: 'none' }
    const { unsent, underWay, failed } = mails
    if (unsent + failed > 0)
      return left(unsent + underWay + failed, { parts: parts({ unsent, underWay, failed }) })
    return underWay > 0 ? { state: 'waiting', count: underWay } : { state: 'done' }
  }),
  'bank-lines': ({ bankLines }) => left(bankLines),
  payments: ({ payments }) => left(payments),
  refunds: ({ refunds }) => left(refunds),
  disputes: ({ disputes: { near, titles, deadlineAt, invoiceId } }) =>
    left(near, { names: titles.slice(0, NAMED), at: deadlineAt, row: invoiceId }),
  'bank-balance': () => ({ state: 'todo', count: 1 }),
  ledger: ({ ledger: { payments, invoices, balances } }) =>
    left(payments + invoices + balances, { parts: parts({ payments, invoices, balances }) }),
  numbers: ({ missingNumbers }) => left(missingNumbers),
  outbox: ({ outbox: { waiting, review } }) =>
    review > 0
      ? left(review + waiting, { parts: parts({ review, waiting }) })
      : waiting > 0
        ? { state: 'waiting', count: waiting }
        : { state: 'done' },
}

/** A check by hand: of which step, and how much of it whoever checked it saw. */
export interface Check {
  readonly step: string
  readonly seen: number
}

/** A step of the workspace's own. */
export interface OwnStep {
  readonly id: string
}

/** States in which a step does not hold the month up. */
const SETTLED: ReadonlySet<StepState> = new Set(['done', 'accepted', 'none'])

/** Whether a step no longer holds the month up. */
export function isSettled(state: StepState): boolean {
  return SETTLED.has(state)
}

/**
 * Judges the steps of a month in their order. What a person checked off is done where only a person can know it,
 * and accepted elsewhere for as long as there is no more of it than they saw. The lock comes last, when nothing
 * else is left.
 */
export function judgeMonthEnd(
  facts: MonthEndFacts,
  own: readonly OwnStep[],
  checks: readonly Check[],
): { readonly steps: readonly (Judged & { readonly step: string })[]; readonly left: number } {
  const seen = new Map(checks.map(check => [check.step, check.seen]))
  const steps: (Judged & { readonly step: string })[] = []
  const add = (step: string, code: StepCode, group: StepGroup, said: Said) =>
    steps.push({
      step,
      code,
      group,
      count: 0,
      parts: [],
      names: [],
      at: null,
      row: null,
      ...checked(step, code, said),
    })
  const checked = (step: string, code: StepCode, said: Said): Said => {
    const saw = seen.get(step)
    if (saw === undefined || said.state !== 'todo') return said
    if (isByHand(code)) return { state: 'done' }
    return said.count! <= saw ? { ...said, state: 'accepted' } : said
  }
  for (const [group, codes] of Object.entries(STEPS) as [StepGroup, readonly StepCode[]][])
    for (const code of codes) {
      if (code === 'lock') continue
      if (code === 'own') for (const { id } of own) add(id, 'own', group, { state: 'todo', count: 1 })
      else add(code, code, group, RULES[code](facts))
    }
  const open = steps.filter(({ state }) => !isSettled(state)).length
  add(
    'lock',
    'lock',
    'books',
    facts.locked
      ? { state: 'done' }
      : open > 0
        ? { state: 'blocked', count: open }
        : { state: 'todo', count: 1 },
  )
  return { steps, left: open }
}
