import { AWS } from './catalog/aws.ts'
import { AWS_PLACEMENTS } from './catalog/aws-placements.ts'
import { GOOGLE, GOOGLE_JAPAN, GOOGLE_JAPAN_PLACEMENTS, GOOGLE_PLACEMENTS } from './catalog/google.ts'
import { MICROSOFT, MICROSOFT_PLACEMENTS } from './catalog/microsoft.ts'
import { ANTHROPIC, ANTHROPIC_PLACEMENTS, OPENAI, OPENAI_PLACEMENTS } from './catalog/models.ts'
import {
  DEPARTMENTS,
  type DemoPerson,
  type DemoProject,
  PEOPLE,
  PROJECTS,
  WORKSPACE,
} from './catalog/organisation.ts'
import { commitmentsOf } from './commitments.ts'
import { type DemoCustomer, demoCustomers, growthByDay } from './customers.ts'
import { firstDay, type Month, monthPlus } from './days.ts'
import type { BillingAccount, Commitment, Placement, Story, Stream } from './model.ts'
import { type StoryDays, storiesOf, storyDays } from './stories.ts'
import { type Span, streamsOf } from './streams.ts'

/** How many months of bills there are. */
export const DEMO_MONTHS = 24

/** A company as data: all of it follows from a seed and the last month of its bills. */
export interface DemoCompany {
  seed: string
  span: Span
  /** First to last. */
  months: Month[]
  workspace: typeof WORKSPACE
  people: readonly DemoPerson[]
  departments: readonly string[]
  projects: readonly DemoProject[]
  customers: DemoCustomer[]
  accounts: readonly BillingAccount[]
  streams: Stream[]
  commitments: Commitment[]
  stories: Story[]
  storyDays: StoryDays
  /** The platform's traffic by day since the start, relative to the first day. */
  growth: Float64Array
}

const ACCOUNTS: readonly (readonly [BillingAccount, readonly Placement[]])[] = [
  [AWS, AWS_PLACEMENTS],
  [MICROSOFT, MICROSOFT_PLACEMENTS],
  [GOOGLE, GOOGLE_PLACEMENTS],
  [GOOGLE_JAPAN, GOOGLE_JAPAN_PLACEMENTS],
  [ANTHROPIC, ANTHROPIC_PLACEMENTS],
  [OPENAI, OPENAI_PLACEMENTS],
]

/**
 * The demo's company: people, customers, projects, the accounts with clouds and model vendors, and everything
 * that its bills are made of. The same seed, month and day give the same company, byte for byte.
 * @param endMonth the last month of bills, `YYYY-MM`; a RangeError when it is not one
 * @param lastDay the last day of that month that there are costs of, 1 to 31; without it, the month is over
 */
export function demoCompany(seed: string, endMonth: Month, lastDay = 31): DemoCompany {
  const startMonth = monthPlus(endMonth, 1 - DEMO_MONTHS)
  const span: Span = {
    startMonth,
    endMonth,
    start: firstDay(startMonth),
    end: firstDay(monthPlus(endMonth, 1)),
    until: Math.min(firstDay(endMonth) + lastDay, firstDay(monthPlus(endMonth, 1))),
  }
  const customers = demoCustomers(seed, startMonth, endMonth)
  return {
    seed,
    span,
    months: Array.from({ length: DEMO_MONTHS }, (_, index) => monthPlus(startMonth, index)),
    workspace: WORKSPACE,
    people: PEOPLE,
    departments: DEPARTMENTS,
    projects: PROJECTS,
    customers,
    accounts: ACCOUNTS.map(([account]) => account),
    streams: ACCOUNTS.flatMap(([account, placements]) =>
      streamsOf(seed, account, placements, customers, span),
    ),
    commitments: ACCOUNTS.flatMap(([account]) => commitmentsOf(seed, account, span)),
    stories: storiesOf(endMonth),
    storyDays: storyDays(endMonth),
    growth: growthByDay(customers, span.start, span.end - span.start),
  }
}
