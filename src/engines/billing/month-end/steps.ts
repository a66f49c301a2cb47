/**
 * How far a step of the month's end is. `waiting` goes on by itself or with other people, `blocked` comes after
 * another step, `accepted` is left as it is by somebody who said so, `none` does not concern this month.
 */
export type StepState = 'done' | 'todo' | 'waiting' | 'blocked' | 'accepted' | 'none'

/** The steps that every workspace has, in the order in which a month is closed, by group. */
export const STEPS = {
  usage: ['over', 'imports', 'metrics', 'daily'],
  close: ['dry-run', 'close', 'late', 'unbilled'],
  review: ['drafts', 'held', 'approvals', 'issue', 'credit-notes'],
  send: ['documents', 'mails'],
  money: ['bank-lines', 'payments', 'refunds', 'disputes', 'bank-balance'],
  books: ['ledger', 'numbers', 'outbox', 'own', 'lock'],
} as const

export type StepGroup = keyof typeof STEPS
/** A step of every workspace; `own` stands for each of those that a workspace has besides. */
export type StepCode = (typeof STEPS)[StepGroup][number]

/**
 * What a person may judge: a metric that nobody uses any more, a bank line that belongs to no invoice, a dispute
 * that goes on. Checked off, it counts as accepted for as long as there is no more of it than was seen.
 */
const JUDGED: ReadonlySet<StepCode> = new Set([
  ...(['metrics', 'unbilled', 'mails', 'bank-lines', 'payments', 'refunds', 'disputes'] as const),
])
/** What only a person can know. */
const BY_HAND: ReadonlySet<StepCode> = new Set(['bank-balance', 'own'] as const)

/** Whether a step can be checked off by hand. */
export function isCheckable(code: StepCode): boolean {
  return JUDGED.has(code) || BY_HAND.has(code)
}

/** Whether nothing but a person's word makes a step done. */
export function isByHand(code: StepCode): boolean {
  return BY_HAND.has(code)
}

/** The code of a step's id: an id that is no code is one of the workspace's own. */
export function codeOf(step: string): StepCode {
  const codes: readonly string[] = Object.values(STEPS).flat()
  return codes.includes(step) ? (step as StepCode) : 'own'
}
