import { type Day, isoDay, weekday } from './days.ts'
import type { Micro } from './decimal.ts'
import type { Shape, Stream } from './model.ts'
import type { Random } from './random.ts'
import { type StoryDays, storyFactor } from './stories.ts'

/** Use by day of the week, Monday first. */
const WEEK: Readonly<Record<Shape, readonly number[]>> = {
  always: [1, 1, 1, 1, 1, 1, 1],
  steady: [1, 1, 1, 1, 1, 1, 1],
  business: [1.05, 1.08, 1.07, 1.05, 0.98, 0.6, 0.57],
  office: [1, 1.02, 1.02, 1, 0.94, 0.12, 0.09],
  consumer: [0.9, 0.9, 0.92, 0.95, 1.1, 1.3, 1.25],
  batch: [0.8, 0.8, 0.8, 0.8, 0.8, 0.7, 0.7],
}

/** How far a day may be from its expectation, in thousandths. */
const NOISE: Readonly<Record<Shape, number>> = {
  always: 0,
  steady: 25,
  business: 80,
  office: 180,
  consumer: 100,
  batch: 140,
}

/**
 * What one stream uses on one day, in 10^-6 of its pricing unit and on the SKU's number of places.
 * @param growth the platform's traffic that day, relative to the first day
 * @param lastOfMonth the last day of the day's month, for month-end batch work
 */
export function usageOn(
  stream: Stream,
  day: Day,
  lastOfMonth: Day,
  growth: number,
  stories: StoryDays,
  random: Random,
): Micro {
  const { shape } = stream
  const expected =
    stream.perDay *
    WEEK[shape][weekday(day)]! *
    (1 + ((growth - 1) * stream.follows) / 1000) *
    storyShare(stream, day, stories) *
    (shape === 'batch' ? monthEnd(day, lastOfMonth) : holidays(shape, day))
  const step = 10 ** (6 - stream.sku.places)
  return Math.round((expected * random.around(NOISE[shape]) * 1_000_000) / step) * step
}

/** Machines that always run are counted, not scaled: a launch adds machines. The leak is no machine. */
function storyShare(stream: Stream, day: Day, stories: StoryDays): number {
  if (stream.shape === 'always' && stream.story === 'launch') return 1
  return storyFactor(stream.story, day, stories)
}

/** The last two days of a month and the first carry the month's close. */
function monthEnd(day: Day, lastOfMonth: Day): number {
  if (lastOfMonth - day < 2) return 4
  return isoDay(day).endsWith('-01') ? 2.6 : 1
}

/** Business is quiet between Christmas and New Year. */
function holidays(shape: Shape, day: Day): number {
  if (shape !== 'business' && shape !== 'office') return 1
  const date = isoDay(day).slice(5)
  return date >= '12-24' || date === '01-01' ? 0.7 : 1
}
