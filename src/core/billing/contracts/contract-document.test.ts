import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ContractDocument } from '#shared/contract/billing/contract-document.ts'
import type { StoredContract } from '#shared/contract/billing/contracts.ts'
import { contractSaid, documentOf } from './contract-document.ts'

const PLAN = '00000000-0000-7000-8000-000000000001'
const CALLS = '00000000-0000-7000-8000-000000000002'
const KNOWN = {
  plans: [{ id: PLAN, key: 'enterprise' }],
  metrics: [{ id: CALLS, key: 'api-calls' }],
}
const CUSTOMER = '00000000-0000-7000-8000-000000000009'
const file = (path: string) => readFileSync(join(import.meta.dirname, '../../../..', path), 'utf8')
const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(file('docs/contracts.md'))![1]!)

describe('a contract as a document', () => {
  /** In Berlin 1 January 2026 begins on 31 December at 23:00 UTC; 30,000.00 dollars are 3,000,000 cents. */
  it('has days in the zone of the customer and money in the unit of the currency', () => {
    const said = contractSaid(ContractDocument.parse(example), CUSTOMER, 'Europe/Berlin', KNOWN)
    expect(said).toMatchObject({
      ...{ customerId: CUSTOMER, number: 'C-2026-004', currency: 'USD', renewMonths: 12 },
      ...{ from: BigInt(Date.UTC(2025, 11, 31, 23)), until: BigInt(Date.UTC(2026, 11, 31, 23)) },
      terms: {
        phases: [
          {
            ...{ discountPercent: '10', from: BigInt(Date.UTC(2025, 11, 31, 23)) },
            prices: [{ planId: PLAN, priceKey: 'tokens' }],
          },
        ],
        volume: [{ planIds: null, metricIds: [CALLS] }],
        commitments: [{ key: 'minimum', amount: 3_000_000n, from: null, to: null, planIds: [PLAN] }],
        minimum: 500_000n,
      },
    })
    expect(said).not.toHaveProperty('customer')
    expect(said.terms.commitments![0]).not.toHaveProperty('plans')
  })

  it('is written of a contract with keys, and makes the same contract again', () => {
    const zone = 'America/New_York'
    const said = contractSaid(ContractDocument.parse(example), CUSTOMER, zone, KNOWN)
    const stored = { subscriptionId: null, notes: '', ...said, state: 'draft' } as unknown as StoredContract
    const document = documentOf(stored, 'acme', zone, KNOWN)
    expect(document).toMatchObject({
      ...{ customer: 'acme', from: '2026-01-01', until: '2027-01-01' },
      terms: {
        phases: [{ from: '2026-01-01', prices: [{ plan: 'enterprise', priceKey: 'tokens' }] }],
        volume: [{ metrics: ['api-calls'] }],
        commitments: [{ amount: '30000.00', plans: ['enterprise'] }],
        minimum: '5000.00',
      },
    })
    expect(contractSaid(document, CUSTOMER, zone, KNOWN).terms).toEqual({ ...said.terms, cycle: null })
    // A plan that has no key here keeps its id.
    const without = documentOf(stored, 'acme', zone, { plans: [], metrics: [] })
    expect(without.terms.commitments![0]).toMatchObject({ planIds: [PLAN] })
  })

  it('refuses a key that there is not, and a plan by key and id at once or by neither', () => {
    const of = (commitment: object, price: object = { plan: 'enterprise' }) =>
      ContractDocument.parse({
        ...example,
        terms: {
          phases: [
            {
              name: 'One',
              from: '2026-01-01',
              prices: [{ priceKey: 'x', terms: { discountPercent: '1' }, ...price }],
            },
          ],
          commitments: [{ key: 'm', name: 'M', amount: '1', every: 'month', ...commitment }],
        },
      })
    const said = (document: ContractDocument) => () => contractSaid(document, CUSTOMER, 'UTC', KNOWN)
    expect(said(of({ plans: ['gone'] }))).toThrow(
      expect.objectContaining({ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'plan', id: 'gone' } }),
    )
    const either = (path: string) =>
      expect.objectContaining({ data: { issues: [{ path, message: 'by key or by id, one of the two' }] } })
    expect(said(of({ metrics: ['api-calls'], metricIds: [CALLS] }))).toThrow(
      either('terms.commitments.0.metrics'),
    )
    expect(said(of({}, {}))).toThrow(either('terms.phases.0.prices.0.plan'))
    expect(said(of({}))).not.toThrow()
  })

  it('refuses more places than the currency has, and names the place', () => {
    const document = ContractDocument.parse({ ...example, currency: 'JPY', terms: { minimum: '1.5' } })
    expect(() => contractSaid(document, CUSTOMER, 'UTC', KNOWN)).toThrow(
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
