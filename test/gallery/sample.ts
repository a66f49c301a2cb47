/** Rows that are the same at every run. */
export interface Line {
  readonly id: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly state: 'ok' | 'late' | 'failed' | 'draft'
  readonly currency: string
  readonly effective: bigint
  readonly billed: bigint
  readonly quantity: number
  readonly at: number
}

const SERVICES = [
  'Amazon Elastic Compute Cloud',
  'Amazon Simple Storage Service',
  'Azure Kubernetes Service',
  'BigQuery',
  'OpenAI API',
  'Amazon Relational Database Service for PostgreSQL, Multi-AZ, reserved',
  'Cloud Run',
  'Azure Monitor',
  'Claude API',
  'Amazon CloudFront',
]
const REGIONS = ['eu-west-1', 'us-east-1', 'westeurope', 'europe-west4', 'ap-southeast-2', '']
const CURRENCIES = ['USD', 'EUR', 'JPY', 'GBP', 'KWD']
const STATES = ['ok', 'ok', 'ok', 'late', 'failed', 'draft'] as const

/** The n-th line; a small generator, so that a million of them need no memory. */
export function lineAt(n: number): Line {
  const mix = (salt: number) => {
    let x = (n + 1) * 2654435761 + salt * 40503
    x = Math.imul(x ^ (x >>> 15), 2246822519)
    x = Math.imul(x ^ (x >>> 13), 3266489917)
    return (x ^ (x >>> 16)) >>> 0
  }
  const currency = CURRENCIES[mix(1) % CURRENCIES.length]!
  const scale = currency === 'JPY' ? 1_000_000n : 1_000_000_000n
  const amount = (BigInt(mix(2) % 9_000_000) * scale) / 1000n - (mix(3) % 17 === 0 ? 2n * scale : 0n)
  return {
    id: `line-${n}`,
    service: SERVICES[mix(4) % SERVICES.length]!,
    region: REGIONS[mix(5) % REGIONS.length]!,
    account: `${(100000000000 + (mix(6) % 900000000)).toString()}`,
    state: STATES[mix(7) % STATES.length]!,
    currency,
    effective: amount + BigInt(mix(8) % 1_000_000),
    billed: BigInt(mix(9) % 10_000_000) - 200_000n,
    quantity: (mix(10) % 1_000_000) / 100,
    at: Date.UTC(2026, 10, 21, 5) - (mix(11) % (86_400 * 400)) * 1000,
  }
}

export const MONTHS = ['Dec', 'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov']

export function monthly(service: number): number[] {
  return MONTHS.map((_, i) => Math.round(40_000 / (service + 1) + 2500 * Math.sin(i + service) + i * 600))
}
