import { type Day, firstDay, monthPlus } from './days.ts'
import { perMille, priceOf } from './decimal.ts'
import type { BillingAccount, Commitment } from './model.ts'
import { randomOf } from './random.ts'
import type { Span } from './streams.ts'

/** What was promised, where, for how many months, and how it is paid. */
interface Term {
  key: string
  account: string
  subAccount: string
  sku: string
  region: string
  /** Machines, or units of currency an hour. */
  size: number
  category: Commitment['category']
  payment: Commitment['payment']
  /** Months after the start of the demo, and how many. */
  from: number
  months: number
}

const term = (
  key: string,
  [account, subAccount, region]: readonly [string, string, string],
  sku: string,
  size: number,
  category: Term['category'],
  payment: Term['payment'],
  [from, months]: readonly [number, number],
): Term => ({ key, account, subAccount, region, sku, size, category, payment, from, months })

const AWS_US = ['aws', 'prod-us', 'us-east-1'] as const
const LAKE = ['google', 'lake', 'us-central1'] as const

/**
 * The commitments. `ec2-eu` is larger than what runs under it for its first months, so that a part of it is
 * paid for and unused.
 */
const TERMS: readonly Term[] = [
  term('rds-first', AWS_US, 'rds-r6g.xlarge', 3, 'Usage', 'upfront', [5, 12]),
  term('rds-again', AWS_US, 'rds-r6g.xlarge', 4, 'Usage', 'upfront', [17, 12]),
  term('ec2-eu', ['aws', 'prod-eu', 'eu-central-1'], 'm6i.xlarge', 9, 'Usage', 'monthly', [8, 36]),
  term('compute', ['aws', 'shared', 'us-east-1'], 'savings-plan', 3, 'Spend', 'monthly', [4, 36]),
  term('d4s', ['microsoft', 'eu-prod', 'westeurope'], 'D4s_v5', 5, 'Usage', 'monthly', [3, 36]),
  term('n2', LAKE, 'n2-standard-4', 4, 'Usage', 'monthly', [3, 12]),
  term('n2-again', LAKE, 'n2-standard-4', 6, 'Usage', 'monthly', [15, 12]),
]

const KINDS: Readonly<Record<string, readonly [type: string, service: string]>> = {
  'aws/Usage': ['Reserved Instance', ''],
  'aws/Spend': ['Savings Plan', 'savings'],
  'microsoft/Usage': ['Reservation', 'reservations'],
  'google/Usage': ['Committed Use Discount', ''],
}

/** The demo's commitments on one account. */
export function commitmentsOf(seed: string, account: BillingAccount, span: Span): Commitment[] {
  return TERMS.filter(item => item.account === account.key).map(term => {
    const sku = account.skus.find(item => item.key === term.sku) ?? null
    const [type, service] = KINDS[`${account.key}/${term.category}`]!
    const region = account.regions.find(item => item.id === term.region)!
    const hex = randomOf(`${seed}/commitment/${term.key}`).hex(12)
    const from = firstDay(monthPlus(span.startMonth, term.from))
    return {
      key: term.key,
      account,
      subAccount: account.subAccounts.find(item => item.key === term.subAccount)!,
      service: account.services.find(item => item.key === (service === '' ? sku!.service : service))!,
      sku,
      region,
      id: commitmentId(account, type, hex),
      name:
        term.category === 'Spend'
          ? `Compute savings plan, USD ${term.size} an hour`
          : `${term.size} × ${term.sku} in ${region.name}`,
      type,
      category: term.category,
      unit: term.category === 'Spend' ? account.currency : 'Hours',
      perDay: term.size * 24 * 1_000_000,
      rate:
        sku === null
          ? priceOf('1')
          : perMille(perMille(priceOf(sku.prices[0]!.price), region.factor), sku.committed!),
      from,
      to: firstDay(monthPlus(span.startMonth, term.from + term.months)),
      payment: term.payment,
    }
  })
}

/** True where the commitment pays for this SKU in this region on this day. */
export function covers(
  commitment: Commitment,
  sku: { key: string; committed?: number },
  regionId: string | null,
  day: Day,
): boolean {
  if (day < commitment.from || day >= commitment.to || sku.committed === undefined) return false
  return commitment.category === 'Spend'
    ? sku.key.startsWith('fargate-') || sku.key.startsWith('lambda-')
    : commitment.sku!.key === sku.key && commitment.region.id === regionId
}

function commitmentId(account: BillingAccount, type: string, hex: string): string {
  switch (account.vendor) {
    case 'aws':
      return type === 'Savings Plan'
        ? `arn:aws:savingsplans::${account.id}:savingsplan/${hex}`
        : `arn:aws:ec2::${account.id}:reserved-instances/${hex}`
    case 'microsoft':
      return `/providers/microsoft.capacity/reservationorders/${hex}`
    default:
      return `projects/fathomline-lake-214908/commitments/${hex}`
  }
}
