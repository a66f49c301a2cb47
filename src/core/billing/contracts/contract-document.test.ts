import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ContractDocument } from '#shared/contract/billing/contract-document.ts'
import { contractSaid } from './contract-document.ts'

const CUSTOMER = '00000000-0000-7000-8000-000000000009'
const file = (path: string) => readFileSync(join(import.meta.dirname, '../../../..', path), 'utf8')
const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(file('docs/contracts.md'))![1]!)

describe('a contract as a document', () => {
  /** In Berlin 1 January 2026 begins on 31 December at 23:00 UTC; 30,000.00 dollars are 3,000,000 cents. */
  it('has days in the zone of the customer and money in the unit of the currency', () => {
    const said = contractSaid(ContractDocument.parse(example), CUSTOMER, 'Europe/Berlin')
    expect(said).toMatchObject({
      ...{ customerId: CUSTOMER, number: 'C-2026-004', currency: 'USD', renewMonths: 12 },
      ...{ from: BigInt(Date.UTC(2025, 11, 31, 23)), until: BigInt(Date.UTC(2026, 11, 31, 23)) },
      terms: {
        phases: [{ discountPercent: '10', from: BigInt(Date.UTC(2025, 11, 31, 23)) }],
        commitments: [{ key: 'minimum', amount: 3_000_000n, from: null, to: null }],
        minimum: 500_000n,
      },
    })
    expect(said).not.toHaveProperty('customer')
  })

  it('refuses more places than the currency has, and names the place', () => {
    const document = ContractDocument.parse({ ...example, currency: 'JPY', terms: { minimum: '1.5' } })
    expect(() => contractSaid(document, CUSTOMER, 'UTC')).toThrow(
      expect.objectContaining({
        code: 'WORKSPACE_BAD_INPUT',
        data: { issues: [{ path: 'terms.minimum', message: 'JPY has 0 decimal places' }] },
      }),
    )
  })

  it('is what the published schema says', () => {
    const schema = z.fromJSONSchema(JSON.parse(file('docs/schemas/contract-input.schema.json')))
    expect(schema.safeParse(example).success).toBe(true)
    expect(schema.safeParse({ ...example, from: 'soon' }).success).toBe(false)
    expect(schema.safeParse({ ...example, amount: 1 }).success).toBe(false)
  })
})
