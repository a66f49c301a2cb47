import { answer } from '#core/runtime/handlers.ts'
import { entitlements as contract } from '#shared/contract/billing/entitlements.ts'
import type { EntitlementCache } from './entitlement-cache.ts'
import { TERMS_TABLES } from './load-terms.ts'

/** Of these tables an answer is made, also where it comes from memory: pages that show it follow them. */
const READ = [...TERMS_TABLES, 'usage_buckets']

export function entitlementHandlers(cache: EntitlementCache) {
  return {
    check: answer(
      contract.check,
      async ({ reader, input, now }) => {
        for (const table of READ) reader.touched.read.add(table)
        const { customerId, key, quantity } = input
        return (
          cache.check(customerId, key, quantity, now) ?? cache.read(reader, customerId, key, quantity, now)
        )
      },
      ({ input: { customerId, key, quantity }, now }) => {
        const value = cache.check(customerId, key, quantity, now)
        return value && { value, tables: READ }
      },
    ),
    list: answer(contract.list, async ({ reader, input, now }) => {
      for (const table of READ) reader.touched.read.add(table)
      return { entitlements: await cache.list(reader, input.customerId, now) }
    }),
  }
}
