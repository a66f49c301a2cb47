import { describe, expect, it } from 'vitest'
import { createQueryClient, markStale } from './query-client.ts'

describe('createQueryClient', () => {
  it('keeps answers under inputs with whole numbers of any size, whatever the order of their members', () => {
    const client = createQueryClient()
    client.setQueryData(['q', { a: 1n, b: 'x' }], 'kept')
    expect(client.getQueryData(['q', { b: 'x', a: 1n }])).toBe('kept')
    expect(client.getQueryData(['q', { b: 'x', a: 2n }])).toBeUndefined()
    client.clear()
  })

  it('marks what the core names, and nothing else', () => {
    const client = createQueryClient()
    client.setQueryData(['a', {}], 1)
    client.setQueryData(['b', {}], 1)
    markStale(client, new Set(['a']))
    expect(client.getQueryState(['a', {}])?.isInvalidated).toBe(true)
    expect(client.getQueryState(['b', {}])?.isInvalidated).toBe(false)
    markStale(client, 'everything')
    expect(client.getQueryState(['b', {}])?.isInvalidated).toBe(true)
    client.clear()
  })
})
