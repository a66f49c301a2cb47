/** The server that `bench/backend.ts` loads: a process of its own, as in earnest. */
import { readConfig } from '#backend/config.ts'
import { startBackend } from '#backend/start-backend.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'

const WORKSPACE = '00000000-0000-7000-8000-0000000000be'
export const CUSTOMERS = 200
export const METRICS = ['calls', 'bytes', 'seconds'] as const

/** What the bench is told when the server is ready. */
export interface Ready {
  readonly url: string
  readonly secret: string
  /** Key of the customer who is subscribed to something. */
  readonly key: string
}

const system: Caller = { person: null, device: 'bench', assurance: 'system', system: true }

if (process.send) {
  const backend = await startBackend(readConfig(process.env), {
    log: (level, message, facts) => {
      if (level === 'error') console.error(message, facts)
    },
    environment: {},
    // The limits are for strangers; what is measured is what lies behind them.
    limits: { perPrincipal: 1e9, perAddress: 1e9 },
  })
  const core = await backend.workspaces.create(WORKSPACE)
  const { admin: person } = await core.call(
    contract.workspace.setup.create,
    {
      name: 'Bench',
      zone: 'UTC',
      currency: 'EUR',
      demo: false,
      admin: { name: 'Ada', email: 'ada@example.com' },
    },
    system,
  )
  const admin: Caller = { person, device: 'bench', assurance: 'system', vouched: true }
  for (const key of METRICS)
    await core.call(
      contract.billing.metric.create,
      { key, name: key, unit: 'unit', scale: 0, aggregation: 'sum', excess: 'refuse', groupBy: [] },
      admin,
    )
  let customer = ''
  for (let i = 0; i < CUSTOMERS; i++) {
    const made = await core.call(
      contract.billing.customer.create,
      {
        ...{ key: `customer-${i}`, name: `Customer ${i}`, email: 'a@example.com' },
        ...{ country: 'DE', currency: 'EUR', zone: 'UTC' },
      },
      admin,
    )
    customer = made.id
  }
  const plan = await core.call(
    contract.billing.plan.create,
    { key: 'pro', name: 'Pro', description: '' },
    admin,
  )
  const entitlements = [
    { kind: 'metered' as const, key: METRICS[0], limit: null, enforcement: 'hard' as const },
  ]
  await core.call(contract.billing.plan.addVersion, { planId: plan.id, prices: [], entitlements }, admin)
  await core.call(
    contract.billing.subscription.start,
    { customerId: customer, planId: plan.id, at: BigInt(Date.UTC(2026, 9, 1)) },
    admin,
  )
  const { secret } = await core.call(
    contract.access.tokens.create,
    {
      name: 'bench',
      scopes: ['billing.usage.record', 'billing.entitlement.check', 'billing.customer.find'],
      days: 1,
    },
    admin,
  )
  process.send({ url: backend.url, secret, key: `customer-${CUSTOMERS - 1}` } satisfies Ready)
  process.once('message', async () => {
    await backend.close()
    process.exit(0)
  })
}
