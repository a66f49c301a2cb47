import { afterEach, expect, it } from 'vitest'
import type { Reader } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'
import { usageWorld } from '../usage/testing/usage-kit.ts'
import { createCustomerKeys } from './customer-keys.ts'

let t: TestCore | undefined
afterEach(async () => {
  await t?.close()
  t = undefined
})

it('billing.customer.find: a program is told the id of a key from memory, current with each commit', async () => {
  t = await testCore('sqlite')
  const { core, store, admin } = t
  const { customers } = await usageWorld(t)
  const program: Caller = {
    ...{ person: null, device: 'service:x', assurance: 'unattested', vouched: true },
    scopes: ['billing.customer.find'],
  }
  const find = (key: string) => core.call(contract.billing.customer.find, { key }, program)
  expect(await find('acme')).toEqual({ customerId: customers.acme })
  expect(await find('later')).toEqual({ customerId: null })
  const reads = store.read
  store.read = () => Promise.reject(new Error('asked'))
  try {
    expect(await find('acme')).toEqual({ customerId: customers.acme })
    // That there is none is not kept.
    await expect(find('later')).rejects.toThrow('asked')
  } finally {
    store.read = reads
  }
  const { id } = await core.call(
    contract.billing.customer.create,
    { key: 'later', name: 'Later', email: 'a@example.com', country: 'DE', currency: 'EUR', zone: 'UTC' },
    admin,
  )
  expect(await find('later')).toEqual({ customerId: id })
})

it('keeps only what was read since the last commit, and so many', () => {
  const keys = createCustomerKeys(2)
  const reader = (): Reader => {
    const one = {} as Reader
    keys.opened(one, keys.opening())
    return one
  }
  const before = reader()
  keys.committed(new Set(['customers', 'invoices']))
  keys.keep(before, 'a', '1')
  expect(keys.idOf('a')).toBeUndefined()
  const now = reader()
  for (const [key, id] of [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ] as const)
    keys.keep(now, key, id)
  expect(['a', 'b', 'c'].map(key => keys.idOf(key))).toEqual([undefined, '2', '3'])
  keys.committed(new Set(['invoices']))
  expect(keys.idOf('c')).toBe('3')
  keys.committed(new Set(['customers']))
  expect(keys.idOf('c')).toBeUndefined()
})
