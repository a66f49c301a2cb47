import { expect, test } from 'vitest'
import { type AnalysedEvent, analyse, groupOf, isFailure, latencyOf } from './usage-analytics.ts'

const sum = { aggregation: 'sum' as const, scale: 0 }
const event = (id: string, quantity: bigint, properties: Record<string, string>): AnalysedEvent => ({
  ...{ id, quantity, at: 0n, properties },
})

test('groups stand by what they used, with errors and latencies of those that have them', () => {
  const events = [
    event('a', 5n, { team: 'red', status: '200', latency: '10' }),
    event('b', 2n, { team: 'red', status: '503', latency: '30.5' }),
    event('c', 9n, { team: 'blue', status: 'ok' }),
    event('d', 99n, {}),
    event('e', 9n, { team: 'green', latency: 'soon' }),
    event('f', 0n, { team: 'green' }),
  ]
  expect(analyse(sum, events, 'team')).toEqual([
    { value: 'green', events: 2, quantity: 9n, judged: 0, failed: 0, latency: null },
    { value: 'blue', events: 1, quantity: 9n, judged: 1, failed: 0, latency: null },
    {
      value: 'red',
      events: 2,
      quantity: 7n,
      judged: 2,
      failed: 1,
      latency: { p50: 10, p95: 30.5, p99: 30.5 },
    },
    { value: null, events: 1, quantity: 99n, judged: 0, failed: 0, latency: null },
  ])
  expect(analyse(sum, [event('x', 1n, { team: 'b' }), event('y', 1n, { team: 'a' })], 'team')[0]!.value).toBe(
    'a',
  )
  expect(groupOf({ ...sum, aggregation: 'weighted-sum' }, null, events).quantity).toBeNull()
  expect(groupOf({ ...sum, aggregation: 'count', carries: true }, null, events).quantity).toBe(6n)
})

test('failures are words and codes, latencies are numbers', () => {
  expect(['500', '404', 'Error', 'timeout'].map(isFailure)).toEqual([true, true, true, true])
  expect(['200', '302', 'ok', 'success', '5000'].map(isFailure)).toEqual([false, false, false, false, false])
  expect(['12', ' 3.5 ', '-1', 'x', undefined].map(latencyOf)).toEqual([12, 3.5, null, null, null])
})

test('percentiles are values that there are, by nearest rank', () => {
  const events = Array.from({ length: 100 }, (_, i) => event(`${i}`, 1n, { latency: String(100 - i) }))
  expect(groupOf(sum, null, events).latency).toEqual({ p50: 50, p95: 95, p99: 99 })
})
