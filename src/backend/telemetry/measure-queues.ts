import type { Core } from '#core/create-core.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { Id } from '#shared/ids.ts'
import type { Metrics } from './metrics.ts'

/** Workspaces that are looked at each time the measures are read: the sum is of those. */
const MOST_WORKSPACES = 100
const SYSTEM: Caller = { person: null, device: 'metrics', assurance: 'system', system: true }

/** What waits to be done in the open workspaces: jobs, and effects that are due or failed. */
export function measureQueues(metrics: Metrics, opened: () => ReadonlyMap<Id, Core>): void {
  const sum = async (count: (core: Core) => Promise<number>): Promise<number> => {
    let total = 0
    for (const core of [...opened().values()].slice(0, MOST_WORKSPACES)) total += await count(core)
    return total
  }
  metrics.gauge('workspaces_open', 'Workspaces whose core is open', () => opened().size)
  metrics.gauge('jobs_queued', 'Jobs that wait for their turn, in the open workspaces', () =>
    sum(async core => {
      const { jobs } = await core.call(contract.workspace.jobs.list, { state: 'queued', limit: 500 }, SYSTEM)
      return jobs.length
    }),
  )
  for (const state of ['waiting', 'failed'] as const)
    metrics.gauge(`effects_${state}`, `Effects that are ${state}, in the open workspaces`, () =>
      sum(async core => {
        const { effects } = await core.call(contract.workspace.effects.list, { state, limit: 200 }, SYSTEM)
        return effects.length
      }),
    )
}
