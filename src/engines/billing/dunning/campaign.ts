import type {
  DunningSegment,
  DunningStep,
  DunningTerms,
  DunningTrack,
} from '#shared/contract/billing/dunning.ts'
import { compare, exactOf, powerOfTen, scaled } from '../exact.ts'

/** Why terms make no campaign. `step` counts from 0; null where it is about the whole. */
export interface CampaignProblem {
  readonly reason:
    | 'nothing-to-do'
    | 'empty-step'
    | 'same-day-twice'
    | 'final-too-early'
    | 'hours-inverted'
    | 'no-weekday'
    | 'amounts-inverted'
  readonly step: number | null
}

/** Minutes that the hours of a day are open for at least: runs come every hour. */
const SHORTEST = 60

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** The first thing that is wrong with terms; null where nothing is. */
export function problemOf({ segment, steps, final, hours }: DunningTerms): CampaignProblem | null {
  const about = (reason: CampaignProblem['reason'], step: number | null = null) => ({ reason, step })
  if (steps.length === 0 && final.action === 'leave') return about('nothing-to-do')
  const seen = new Set<string>()
  for (const [index, { track, days, message, retry, task }] of steps.entries()) {
    if (message === null && !retry && task === '') return about('empty-step', index)
    if (seen.has(`${track} ${days}`)) return about('same-day-twice', index)
    seen.add(`${track} ${days}`)
  }
  const last = stepsOn(steps, 'due').at(-1)
  if (final.action !== 'leave' && last !== undefined && final.days <= last.days)
    return about('final-too-early')
  if (hours.weekdays.length === 0) return about('no-weekday')
  if (minutes(hours.to) - minutes(hours.from) < SHORTEST) return about('hours-inverted')
  const { amountFrom, amountBelow } = segment
  if (amountFrom !== null && amountBelow !== null && compare(exactOf(amountFrom), exactOf(amountBelow)) >= 0)
    return about('amounts-inverted')
  return null
}

/** The steps of a track in the order of their days. */
export function stepsOn(steps: readonly DunningStep[], track: DunningTrack): DunningStep[] {
  return steps.filter(step => step.track === track).sort((a, b) => a.days - b.days)
}

/** What of an invoice and its customer says which campaign is theirs. */
export interface SegmentFacts {
  readonly planIds: readonly string[]
  readonly currency: string
  /** Places of the currency's minor unit. */
  readonly places: number
  readonly country: string
  readonly tier: string
  /** Of the whole invoice, in minor units. */
  readonly total: bigint
}

/** Whether an invoice belongs to a segment. */
export function belongsTo(segment: DunningSegment, facts: SegmentFacts): boolean {
  const total = scaled(facts.total, facts.places)
  const { planIds, currencies, countries, tiers, amountFrom, amountBelow } = segment
  return (
    (planIds.length === 0 || facts.planIds.some(id => planIds.includes(id))) &&
    (currencies.length === 0 || currencies.includes(facts.currency)) &&
    (countries.length === 0 || countries.includes(facts.country)) &&
    (tiers.length === 0 || tiers.includes(facts.tier)) &&
    (amountFrom === null || compare(total, exactOf(amountFrom)) >= 0) &&
    (amountBelow === null || compare(total, exactOf(amountBelow)) < 0)
  )
}

/** Whether an amount of minor units is below a decimal of the currency's unit. */
export function isBelow(amount: bigint, minimum: string, places: number): boolean {
  const { units, places: given } = exactOf(minimum)
  return amount * powerOfTen(given) < units * powerOfTen(places)
}

/** The first active campaign, by rank and then by id, to which an invoice belongs; null where there is none. */
export function campaignFor<
  C extends {
    readonly id: string
    readonly rank: number
    readonly active: boolean
    readonly terms: DunningTerms
  },
>(campaigns: readonly C[], facts: SegmentFacts): C | null {
  const inOrder = campaigns
    .filter(one => one.active)
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
  return inOrder.find(one => belongsTo(one.terms.segment, facts)) ?? null
}
