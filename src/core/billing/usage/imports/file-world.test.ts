import { describe, expect, it } from 'vitest'
import { USUAL_RULES } from '#engines/billing/usage-event.ts'
import { uuidv7 } from '#shared/ids.ts'
import type { CheckedEvent, MetricFacts, SeriesOf } from '../resolve.ts'
import { CUSTOMERS_PER_CHUNK } from './chunks.ts'
import { fileWorld, type Submit } from './file-world.ts'

const NOW = BigInt(Date.UTC(2026, 10, 20))
const metric: MetricFacts = {
  ...{ id: 'm1', key: 'calls', scale: 0, excess: 'refuse', aggregation: 'sum', groupBy: ['host'] },
  ...{ property: null, carries: false, addsUp: true },
}

async function world(customers: readonly { id: string; key: string }[], known = metric) {
  const asked: string[] = []
  const wanted: number[] = []
  let next = 1n
  const submit: Submit = async (name, data) => {
    if (name === 'customers') {
      const { after } = data as { after: string }
      asked.push(after)
      return customers.filter(one => one.id > after).slice(0, CUSTOMERS_PER_CHUNK)
    }
    const series = (data as { wanted: readonly SeriesOf[] }).wanted
    wanted.push(series.length)
    return series.map(() => next++)
  }
  const begun = { importId: uuidv7(0, new Uint8Array(10)), read: 0, metrics: [known], rules: USUAL_RULES }
  return { ...(await fileWorld(submit, begun, new AbortController().signal)), asked, wanted }
}
const given = (more: { customer?: string; at?: bigint; host?: string; quantity?: string }) => ({
  ...{ id: 'e', customer: 'k1', metric: 'calls', quantity: '1', at: NOW, ...more },
  properties: { host: more.host ?? '' },
})
const row = (more: Parameters<typeof given>[0]) => ({ line: 2, given: given(more) })

describe('what an import of usage knows', () => {
  it('are the customers of all pages, by key before id', async () => {
    const id = (n: number) => `c${String(n).padStart(5, '0')}`
    const all = Array.from({ length: CUSTOMERS_PER_CHUNK + 1 }, (_, n) => ({ id: id(n), key: `k${n}` }))
    // The key of the last one looks like the id of the first one.
    all[CUSTOMERS_PER_CHUNK] = { id: id(CUSTOMERS_PER_CHUNK), key: id(0) }
    const known = await world(all)
    expect(known.asked).toEqual(['', id(CUSTOMERS_PER_CHUNK - 1)])
    expect(known.check(row({ customer: 'k1' }), NOW)).toMatchObject({ customerId: id(1) })
    expect(known.check(row({ customer: id(1) }), NOW)).toMatchObject({ customerId: id(1) })
    expect(known.check(row({ customer: id(0) }), NOW)).toMatchObject({ customerId: id(CUSTOMERS_PER_CHUNK) })
  })

  it('tells instants that are refused as people read them, and as numbers where no calendar has them', async () => {
    const { check } = await world([{ id: 'c1', key: 'k1' }])
    const old = BigInt(Date.UTC(1960, 0, 1))
    expect(check(row({ at: old }), NOW)).toEqual({
      ...{ problem: 'too-old', field: 'at', value: '1960-01-01T00:00:00.000Z' },
    })
    const beyond = 9_000_000_000_000_000n
    expect(check(row({ at: beyond }), NOW)).toEqual({ problem: 'future', field: 'at', value: `${beyond}` })
    expect(check(row({ quantity: 'many' }), NOW)).toEqual({
      ...{ problem: 'quantity-malformed', field: 'quantity', value: 'many' },
    })
    const counted = { ...metric, aggregation: 'unique-count' as const, property: 'user' }
    const without = await world([{ id: 'c1', key: 'k1' }], counted)
    expect(without.check(row({}), NOW)).toEqual({ problem: 'property-missing', field: 'user', value: '' })
    const refused = { problem: 'id-missing', field: 'id', value: null } as const
    expect(check({ line: 2, given: refused }, NOW)).toBe(refused)
  })

  it('numbers each series once, a few hundred at a time', async () => {
    const { check, numbers, wanted } = await world([{ id: 'c1', key: 'k1' }])
    const of = (host: number) => check(row({ host: `h${host}` }), NOW) as CheckedEvent
    const events = Array.from({ length: 450 }, (_, i) => of(i % 250))
    const found = await numbers(events)
    expect(wanted).toEqual([200, 50])
    expect([...found.subarray(250)]).toEqual([...found.subarray(0, 200)])
    expect(new Set(found).size).toBe(250)
    await numbers(events)
    expect(wanted).toEqual([200, 50])
  })
})
