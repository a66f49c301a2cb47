import type { Reader } from '#core/database/store.ts'
import { answerKept } from '#core/runtime/handlers.ts'
import { addMoves, logosOf, type MrrMoves, movesOf, movesOfPart, ratesOf } from '#engines/billing/churn.ts'
import { type CohortLife, cohortMonths } from '#engines/billing/cohorts.ts'
import { recurredBefore, stepAt } from '#engines/billing/mrr-steps.ts'
import { phaseAt } from '#engines/billing/phases.ts'
import { churn as leaf, type MoveKind } from '#shared/contract/billing/churn.ts'
import { byCurrency } from '../by-currency.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { endOfMonth, type MonthSpan, monthSpan, monthsBefore, workspaceZone } from './months-before.ts'
import { type MrrLife, mrrLives, steadyUntil } from './mrr-lives.ts'

const until = ({ validUntil }: { readonly validUntil: bigint }) => validUntil

/** How what recurs of a customer moved in a month. Looked at a moment before: what begins on its first is new in it. */
function movesIn({ steps, part }: MrrLife, { from, to }: MonthSpan): MrrMoves {
  const ends = (of: MrrLife['steps']) => ({ start: stepAt(of, from - 1n), end: stepAt(of, to - 1n) })
  const whole = { ...ends(steps), before: recurredBefore(steps, from) }
  return part === null ? movesOf(whole) : movesOfPart(ends(part), whole)
}

export const analyseChurn = answerKept(leaf.analyse, until, async ({ reader, input, now }) => {
  const { customerId, planId } = input
  const zone =
    customerId === undefined ? await workspaceZone(reader) : (await getCustomer(reader, customerId)).zone
  const months = monthsBefore(now, zone, input.months)
  const lives = await mrrLives(reader, { customerId, planId })
  const currencies = [...Map.groupBy(lives, life => life.currency)].map(([currency, own]) => ({
    currency,
    months: months.map(month => {
      const moves = own.map(life => movesIn(life, month))
      const sum = addMoves(moves)
      return { ...month, ...sum, ...ratesOf(sum), ...logosOf(moves) }
    }),
  }))
  return {
    customerId: customerId ?? null,
    currencies: currencies.sort(byCurrency),
    validUntil: steadyUntil(lives, now, endOfMonth(now, zone)),
  }
})

const KINDS = ['new', 'reactivation', 'expansion', 'contraction', 'churn'] as const

export const churnChanges = answerKept(leaf.changes, until, async ({ reader, input, now }) => {
  const zone = await workspaceZone(reader)
  const span = monthSpan(input.month, now, zone)
  const { planId } = input
  const lives = (await mrrLives(reader, { planId })).filter(life => life.currency === input.currency)
  const validUntil = steadyUntil(lives, now, endOfMonth(now, zone))
  if (span === null) return { changes: [], validUntil }
  const { kinds = KINDS } = input
  const moved = lives.flatMap(life => {
    const moves = movesIn(life, span)
    const kind = KINDS.find(one => moves[one] > 0n)
    return kind && kinds.includes(kind) ? [{ life, moves, kind }] : []
  })
  const names = await namesOf(reader)
  const changes = moved.map(({ life, moves, kind }) => ({
    ...{ customerId: life.customerId, customer: names.customer(life.customerId), kind: kind as MoveKind },
    ...{ before: moves.start, after: moves.end, change: moves.end - moves.start },
    plansBefore: plansAt(life, span.from - 1n, names.plan),
    plansAfter: plansAt(life, span.to - 1n, names.plan),
  }))
  const size = (change: bigint) => (change < 0n ? -change : change)
  changes.sort((a, b) => Number(size(b.change) - size(a.change)) || (a.customer < b.customer ? -1 : 1))
  return { changes, validUntil }
})

/** The plans of a customer's subscriptions at an instant, each once. */
function plansAt({ subscriptions }: MrrLife, at: bigint, name: (versionId: string) => string): string[] {
  const names = subscriptions.flatMap(one => {
    const phase = phaseAt(one.phases, at)
    return phase?.kind === 'active' ? [name(phase.planVersionId)] : []
  })
  return [...new Set(names)].sort()
}

async function namesOf({ db }: Reader) {
  const customers = await db.selectFrom('customers').select(['id', 'name']).execute()
  const versions = await db
    .selectFrom('plan_versions as version')
    .innerJoin('plans as plan', 'plan.id', 'version.plan_id')
    .select(['version.id', 'plan.name'])
    .execute()
  const names = (rows: readonly { id: string; name: string }[]) => {
    const byId = new Map(rows.map(row => [row.id, row.name]))
    return (id: string) => byId.get(id)!
  }
  return { customer: names(customers), plan: names(versions) }
}

export const churnCohorts = answerKept(leaf.cohorts, until, async ({ reader, input, now }) => {
  const zone = await workspaceZone(reader)
  const months = monthsBefore(now, zone, input.months)
  const lives = (await mrrLives(reader)).filter(life => life.currency === input.currency)
  const byMonth = new Map<string, CohortLife[]>()
  for (const life of lives) {
    const came = months.findIndex(month => movesIn(life, month).new > 0n)
    if (came < 0) continue
    const { month } = months[came]!
    const own = byMonth.get(month) ?? []
    own.push({ ends: months.slice(came).map(({ to }) => stepAt(life.steps, to - 1n)) })
    byMonth.set(month, own)
  }
  const cohorts = months.flatMap(({ month }) => {
    const own = byMonth.get(month)
    if (!own) return []
    const all = cohortMonths(own)
    return { month, customers: own.length, start: all[0]!.revenue, months: all }
  })
  return { cohorts, validUntil: steadyUntil(lives, now, endOfMonth(now, zone)) }
})

export const churnHandlers = { analyse: analyseChurn, changes: churnChanges, cohorts: churnCohorts }
