import { createCustomerKeys } from '#core/billing/customers/customer-keys.ts'
import { createEntitlementCache } from '#core/billing/entitlements/entitlement-cache.ts'
import type { Services } from '#core/features.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { createBugs } from './bugs.ts'
import { createLiveFeed } from './live.ts'
import { createWaits } from './waits.ts'

const besideTheWriter = (): never => {
  throw new Error('a reader thread only answers queries')
}

/** The services of a thread that answers queries: what only the writer's side uses fails when it is called. */
export function threadServices(environment: EnvironmentSettings, monotonic: () => number): Services {
  return {
    environment,
    random: besideTheWriter,
    passphrases: {
      hash: besideTheWriter,
      verify: besideTheWriter,
      seal: besideTheWriter,
      open: besideTheWriter,
    },
    keys: null,
    files: { find: besideTheWriter, forExport: besideTheWriter, release: besideTheWriter },
    monotonic,
    host: { kind: 'test', platform: '', versions: {} },
    waits: createWaits(),
    carriers: [],
    live: createLiveFeed(),
    proofs: {
      give: besideTheWriter,
      storedOf: besideTheWriter,
      signerOf: besideTheWriter,
      drop: besideTheWriter,
      failed: besideTheWriter,
      wait: besideTheWriter,
      succeeded: besideTheWriter,
    },
    inside: { startedAt: 0n, bugs: createBugs(besideTheWriter), threads: () => [], checkpoints: () => null },
    printer: { print: besideTheWriter, eInvoice: besideTheWriter, close: besideTheWriter },
    outbox: { retry: besideTheWriter, discard: besideTheWriter },
    // It hears of no commit here: what is counted in memory is asked beside the writer.
    entitlements: createEntitlementCache(),
    customerKeys: createCustomerKeys(),
  }
}
