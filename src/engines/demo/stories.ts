import { EGRESS_RISE } from './catalog/google.ts'
import { MODEL_PRICE_CUT } from './catalog/models.ts'
import { type Day, firstDay, isoDay, type Month, monthPlus } from './days.ts'
import type { Story, StoryId } from './model.ts'

/** Months before the end at which Tokyo opens. */
export const LAUNCH = 9
/** Months before the end in which the leak begins, its day in that month, and how long it went unseen. */
export const LEAK = { monthsBeforeEnd: 5, day: 9, days: 35 } as const
/** The leak's growth from day to day: it doubles in under four days. */
const LEAK_GROWTH = 1.2

export interface StoryDays {
  launch: Day
  leakFrom: Day
  /** Exclusive. */
  leakTo: Day
}

/** When the stories happen, for data that ends with the given month. */
export function storyDays(endMonth: Month): StoryDays {
  const leakFrom = firstDay(monthPlus(endMonth, -LEAK.monthsBeforeEnd)) + LEAK.day - 1
  return { launch: firstDay(monthPlus(endMonth, -LAUNCH)), leakFrom, leakTo: leakFrom + LEAK.days }
}

/** What a story does to the use of a resource on a day: a factor. */
export function storyFactor(story: StoryId | null, day: Day, days: StoryDays): number {
  if (story === 'launch') {
    const age = day - days.launch
    const t = Math.min(1, (age + 1) / 75)
    return (0.06 + 0.94 * t * t * (3 - 2 * t)) * (1 + Math.max(0, age - 75) * 0.0022)
  }
  if (story === 'leak' && day >= days.leakFrom && day < days.leakTo) {
    let factor = 1
    for (let i = days.leakFrom; i < day; i++) factor *= LEAK_GROWTH
    return factor * LEAK_GROWTH
  }
  return 1
}

/** The stories as data, so that a screen or a page of the documentation can point at them. */
export function storiesOf(endMonth: Month): Story[] {
  const days = storyDays(endMonth)
  const month = (before: number): string => isoDay(firstDay(monthPlus(endMonth, -before)))
  const last = isoDay(firstDay(monthPlus(endMonth, 1)) - 1)
  return [
    {
      id: 'launch',
      title: 'The Tokyo launch',
      text: 'The assistant opens in Tokyo: a new region, new machines and a new model workload ramp up over eleven weeks.',
      vendor: 'AWS',
      currency: 'USD',
      from: isoDay(days.launch),
      to: null,
      where: { RegionId: ['ap-northeast-1'] },
      look: { by: 'ServiceName', grain: 'month', first: month(LAUNCH + 2), last },
    },
    {
      id: 'leak',
      title: 'The leak in staging',
      text: 'A log shipper in staging sends every failed batch again through the NAT gateway. Its traffic grows by a fifth each day for five weeks, until somebody looks.',
      vendor: 'AWS',
      currency: 'USD',
      from: isoDay(days.leakFrom),
      to: isoDay(days.leakTo),
      where: {
        ServiceName: ['Amazon Virtual Private Cloud'],
        SubAccountName: ['fathomline-staging'],
        'Tags/project': ['log-pipeline'],
      },
      look: {
        by: 'ResourceId',
        grain: 'day',
        first: isoDay(days.leakFrom - 7),
        last: isoDay(days.leakTo + 6),
      },
    },
    {
      id: 'model-price-cut',
      title: 'A model becomes cheaper',
      text: 'The list price of the model that tags events falls by 40 %. Its use goes on growing, its cost does not.',
      vendor: 'OpenAI',
      currency: 'USD',
      from: month(MODEL_PRICE_CUT),
      to: null,
      where: {
        ProviderName: ['OpenAI'],
        SkuMeter: ['gpt-5 input tokens', 'gpt-5 cached input tokens', 'gpt-5 output tokens'],
      },
      look: { by: 'SkuMeter', grain: 'month', first: month(MODEL_PRICE_CUT + 5), last },
    },
    {
      id: 'egress-price-rise',
      title: 'Egress becomes dearer',
      text: 'The list price of internet egress rises by 40 %. Nothing else changed.',
      vendor: 'Google Cloud',
      currency: 'USD',
      from: month(EGRESS_RISE),
      to: null,
      where: { ProviderName: ['Google Cloud'], SkuMeter: ['Network Internet Egress'] },
      look: { by: 'RegionId', grain: 'month', first: month(EGRESS_RISE + 4), last },
    },
  ]
}
