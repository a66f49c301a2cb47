import type { PGlite } from '@electric-sql/pglite'
import { expect, it } from 'vitest'
import { pgliteSource } from './postgres-sources.ts'

it('the one session goes to people before jobs, in the order in which they asked, and comes back once', async () => {
  const source = pgliteSource({ query: async () => ({ rows: [] }) } as unknown as PGlite)
  const held = await source.connect()
  const order: string[] = []
  const ask = async (name: string, urgency: 'person' | 'job') => {
    const session = await source.connect(urgency)
    order.push(name)
    session.release()
    session.release()
  }
  const asked = [ask('job 1', 'job'), ask('Ada', 'person'), ask('job 2', 'job'), ask('Bob', 'person')]
  held.release()
  await Promise.all(asked)
  expect(order).toEqual(['Ada', 'Bob', 'job 1', 'job 2'])
})
