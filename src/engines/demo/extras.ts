import { AWS } from './catalog/aws.ts'
import { GOOGLE } from './catalog/google.ts'
import { MICROSOFT } from './catalog/microsoft.ts'
import { ANTHROPIC } from './catalog/models.ts'
import { type Day, firstDay, isoDay, type Month, monthNumber, monthPlus } from './days.ts'
import { amountFrom } from './decimal.ts'
import type { BillingAccount, Extra } from './model.ts'
import { LAUNCH, LEAK } from './stories.ts'
import type { Span } from './streams.ts'

/** A charge that is not metered, as the table below writes it. */
interface Entry {
  account: BillingAccount
  subAccount: string | null
  service: string
  category: Extra['category']
  frequency: Extra['frequency']
  description: string
  /** What a purchase buys; `quantity` is by month, counted from the demo's start. */
  sku: { id: string; unit: string; quantity: (month: number) => number } | null
  /** Of one unit, in the account's currency; negative for what is given back. */
  price: string
  /** Months before the end, the first and the last. */
  during: readonly [first: number, last: number]
  correction: boolean
  department: string | null
}

type Place = readonly [account: BillingAccount, subAccount: string | null, service: string]

function bought(
  [account, subAccount, service]: Place,
  frequency: Extra['frequency'],
  description: string,
  sku: Entry['sku'],
  price: string,
  during: Entry['during'],
  department: string,
): Entry {
  const category = 'Purchase'
  return {
    account,
    subAccount,
    service,
    category,
    frequency,
    description,
    sku,
    price,
    during,
    correction: false,
    department,
  }
}

function given(
  [account, subAccount, service]: Place,
  category: 'Credit' | 'Adjustment',
  description: string,
  price: string,
  during: Entry['during'],
): Entry {
  const correction = category === 'Adjustment'
  return {
    account,
    subAccount,
    service,
    category,
    frequency: 'One-Time',
    description,
    sku: null,
    price,
    during,
    correction,
    department: null,
  }
}

const EVER = [23, 0] as const
const once = (): number => 1
const REFUND = LEAK.monthsBeforeEnd - 2

const ENTRIES: readonly Entry[] = [
  bought(
    [AWS, 'shared', 'support'],
    'Recurring',
    'Business support, monthly',
    { id: 'support-business', unit: 'Months', quantity: once },
    '1200',
    EVER,
    'Platform',
  ),
  bought(
    [AWS, 'shared', 'keelson'],
    'Recurring',
    'Keelson Observability subscription, by the marketplace',
    { id: 'keelson-pro', unit: 'Hosts', quantity: month => 40 + 2 * month },
    '14.5',
    EVER,
    'Platform',
  ),
  bought(
    [AWS, 'shared', 'route53'],
    'One-Time',
    'Registration of fathomline.example, one year',
    { id: 'domain', unit: 'Domains', quantity: once },
    '14',
    [20, 20],
    'Platform',
  ),
  bought(
    [AWS, 'shared', 'route53'],
    'One-Time',
    'Registration of fathomline.example, one year',
    { id: 'domain', unit: 'Domains', quantity: once },
    '15',
    [8, 8],
    'Platform',
  ),
  bought(
    [MICROSOFT, 'corporate', 'office'],
    'Recurring',
    'Microsoft 365 Business Standard, seats',
    { id: 'm365-standard', unit: 'Users', quantity: month => 58 + 2 * month },
    '11.7',
    EVER,
    'Internal IT',
  ),
  bought(
    [ANTHROPIC, 'engineering', 'seats'],
    'Recurring',
    'Claude Team, seats',
    { id: 'team-seat', unit: 'Users', quantity: month => 22 + month },
    '30',
    [17, 0],
    'Platform',
  ),
  given([AWS, null, 'ec2'], 'Credit', 'Migration programme credit', '-1500', [22, 19]),
  given([GOOGLE, null, 'invoice'], 'Credit', 'Partner programme credit', '-400', [LAUNCH, LAUNCH - 2]),
  given(
    [MICROSOFT, 'eu-prod', 'sql'],
    'Credit',
    'Service level credit for the database outage',
    '-118.4',
    [12, 12],
  ),
  given(
    [AWS, 'staging', 'vpc'],
    'Adjustment',
    'Goodwill refund for NAT gateway traffic of an earlier month',
    '-1150',
    [REFUND, REFUND],
  ),
  given([GOOGLE, 'lake', 'invoice'], 'Adjustment', 'Late usage of the month before', '188.37', [14, 14]),
]

/** The charges of a month on one account that no meter made. */
export function extrasOf(account: BillingAccount, month: Month, span: Span): Extra[] {
  const before = monthNumber(span.endMonth) - monthNumber(month)
  const ordinal = monthNumber(month) - monthNumber(span.startMonth)
  return ENTRIES.filter(
    entry => entry.account.key === account.key && before <= entry.during[0] && before >= entry.during[1],
  ).map(entry => {
    const from = firstDay(month)
    const day: Day = entry.frequency === 'Recurring' ? from : from + 11
    const price = amountFrom(entry.price)
    const quantity = entry.sku?.quantity(ordinal) ?? 1
    return {
      account,
      subAccount: account.subAccounts.find(item => item.key === entry.subAccount) ?? null,
      service: account.services.find(item => item.key === entry.service)!,
      category: entry.category,
      frequency: entry.frequency,
      correction: entry.correction,
      description: entry.description,
      sku:
        entry.sku === null
          ? null
          : { id: entry.sku.id, unit: entry.sku.unit, quantity, price: price / 1_000_000n },
      from: day,
      to: entry.frequency === 'Recurring' ? firstDay(monthPlus(month, 1)) : day + 1,
      amount: price * BigInt(quantity),
      tags: entry.department === null ? '' : JSON.stringify({ department: entry.department }),
    }
  })
}

/** The number of a bill, made of its account and month. */
export function invoiceId(account: BillingAccount, month: Month): string {
  const digits = isoDay(firstDay(month)).slice(0, 7).replace('-', '')
  switch (account.vendor) {
    case 'aws':
      return `17${digits}${account.id.slice(-4)}`
    case 'microsoft':
      return `E0400${digits}`
    case 'google':
      return `53${digits}${account.currency === 'JPY' ? '81' : '40'}`
    case 'anthropic':
      return `ANT-${digits}-0001`
    default:
      return `OAI-${digits}-0001`
  }
}
