import { type Command, InvalidArgumentError } from 'commander'
import type { Client } from '#serving/client.ts'
import type { PaysFor } from '#shared/contract/billing/wallets.ts'
import { refuse } from '#shared/errors.ts'

/** What something is limited to, as it is typed: keys of plans and metrics, and plan/price for products. */
export interface Limits {
  readonly plan?: readonly string[]
  readonly metric?: readonly string[]
  readonly product?: readonly string[]
}

const more = (text: string, before: readonly string[] = []) => [...before, text]

/** Lets a command say what a wallet or a grant pays for. Each can be said several times. */
export function limits(command: Command): Command {
  return command
    .option('--plan <key>', 'pays only for lines of this plan, or of others that are named', more)
    .option('--metric <key>', 'pays only for lines of this metric, or of others that are named', more)
    .option('--product <plan/price>', 'pays only for this price of a plan, by their keys', product)
}

function product(text: string, before: readonly string[] = []): string[] {
  if (!/^[^/]+\/[^/]+$/.test(text)) throw new InvalidArgumentError('Write it as pro/seats.')
  return [...before, text]
}

/** As the contract says it; null where nothing was said. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function paysForOf(client: Client, { plan, metric, product }: Limits): Promise<PaysFor | null> {
  if (plan === undefined && metric === undefined && product === undefined) return null
  const { plans } = await client.billing.plan.list({})
  const planId = (key: string) => {
    const found = plans.find(one => one.key === key)
    if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id: key })
    return found.id
  }
  return {
    planIds: (plan ?? []).map(planId),
    metricIds: await Promise.all((metric ?? []).map(key => metricId(client, key))),
    products: (product ?? []).map(text => {
      const [of, key] = text.split('/') as [string, string]
      return { planId: planId(of), key }
    }),
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function metricId(client: Client, key: string): Promise<string> {
  const { metrics } = await client.billing.metric.list({})
  const found = metrics.find(one => one.key === key)
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'metric', id: key })
  return found.id
}
