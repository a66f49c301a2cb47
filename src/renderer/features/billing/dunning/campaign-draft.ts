import { problemOf } from '#engines/billing/dunning/campaign.ts'
import { DEFAULT_CAMPAIGN } from '#engines/billing/dunning/default-campaign.ts'
import { DunningTerms } from '#shared/contract/billing/dunning.ts'

/** A step while it is written: its days are text until they are a number. */
export interface StepDraft {
  readonly key: number
  readonly track: 'due' | 'failure'
  readonly days: string
  readonly message: string
  readonly retry: boolean
  readonly task: string
}

/** A campaign while it is written. */
export interface CampaignDraft {
  readonly name: string
  readonly rank: string
  readonly active: boolean
  readonly steps: readonly StepDraft[]
  readonly action: 'leave' | 'mark-unpaid' | 'cancel'
  readonly finalDays: string
  readonly minimum: string
  readonly weekdays: readonly string[]
  readonly from: string
  readonly to: string
  readonly planIds: readonly string[]
  readonly currencies: readonly string[]
  readonly countries: string
  readonly tiers: string
  readonly amountFrom: string
  readonly amountBelow: string
}

export interface Said {
  readonly name: string
  readonly rank: number
  readonly active: boolean
  readonly terms: DunningTerms
}

/** What a campaign is written from; a new one begins with the steps of the standard one. */
export function draftOf(before: Said | null): CampaignDraft {
  const { name, rank, active, terms } = before ?? { ...DEFAULT_CAMPAIGN, name: '', rank: 100, active: true }
  const { segment, steps, final, hours, minimum } = terms
  return {
    ...{ name, active, minimum, rank: String(rank), action: final.action, finalDays: String(final.days) },
    steps: steps.map((step, key) => ({
      ...{ key, track: step.track, days: String(step.days), retry: step.retry, task: step.task },
      message: step.message ?? '',
    })),
    ...{ weekdays: hours.weekdays.map(String), from: hours.from, to: hours.to },
    ...{ planIds: segment.planIds, currencies: segment.currencies },
    ...{ countries: segment.countries.join(', '), tiers: segment.tiers.join(', ') },
    ...{ amountFrom: segment.amountFrom ?? '', amountBelow: segment.amountBelow ?? '' },
  }
}

const list = (text: string) => text.split(/[\s,;]+/).filter(part => part !== '')
const whole = (text: string) => (/^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN)

/** The campaign that was written, or why it is none: a problem of the engine, or text that means nothing. */
export function saidOf(
  draft: CampaignDraft,
): { readonly said: Said } | { readonly problem: string; readonly step: number | null } {
  const rank = whole(draft.rank)
  const parsed = DunningTerms.safeParse({
    segment: {
      ...{ planIds: draft.planIds, currencies: draft.currencies, tiers: list(draft.tiers) },
      countries: list(draft.countries).map(code => code.toUpperCase()),
      amountFrom: draft.amountFrom.trim() || null,
      amountBelow: draft.amountBelow.trim() || null,
    },
    steps: draft.steps.map(({ track, days, message, retry, task }) => ({
      ...{ track, retry, task, days: whole(days), message: message === '' ? null : message },
    })),
    final: { action: draft.action, days: draft.action === 'leave' ? 60 : whole(draft.finalDays) },
    minimum: draft.minimum.trim() || '0',
    hours: { weekdays: draft.weekdays.map(Number).sort((a, b) => a - b), from: draft.from, to: draft.to },
  })
  if (!parsed.success) {
    const [where, index] = parsed.error.issues[0]?.path ?? []
    return { problem: 'unreadable', step: where === 'steps' && typeof index === 'number' ? index : null }
  }
  if (draft.name.trim() === '' || Number.isNaN(rank) || rank > 10_000)
    return { problem: 'unnamed', step: null }
  const problem = problemOf(parsed.data)
  if (problem) return { problem: problem.reason, step: problem.step }
  return { said: { name: draft.name.trim(), rank, active: draft.active, terms: parsed.data } }
}
