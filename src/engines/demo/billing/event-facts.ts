import { propertiesText } from '#engines/billing/usage-event.ts'
import type { Random } from '../random.ts'
import type { MetricKey } from './usage-levels.ts'

const TEAMS = ['platform', 'data', 'growth', 'support'] as const
const PROJECTS = ['checkout', 'reports', 'mobile', 'imports'] as const
const USERS = ['svc-ingest', 'svc-sync', 'a.lindqvist', 'j.moreau', 'k.adeyemi', 'nightly-job'] as const

/** What calls go to, and how many milliseconds they usually take. */
const RESOURCES: Partial<Record<MetricKey, readonly (readonly [resource: string, latency: number])[]>> = {
  'api-calls': [
    ['/v1/events', 24],
    ['/v1/search', 85],
    ['/v1/reports', 240],
    ['/v1/exports', 610],
  ],
  'model-tokens': [
    ['chat-small', 420],
    ['chat-large', 1450],
    ['embed', 60],
  ],
}

/**
 * What is said of an event besides its quantity, as it is stored: for one hour who used what, how it went and how
 * long it took; for a sum of days only for whom. Empty for metrics of which nobody keeps it.
 */
export function eventFacts(random: Random, metric: MetricKey, hourly: boolean): string {
  const resources = RESOURCES[metric]
  if (resources === undefined) return ''
  const team = random.pick(TEAMS)
  const project = random.pick(PROJECTS)
  if (!hourly) return propertiesText({ team, project })
  const [resource, usual] = random.pick(resources)
  const luck = random.below(1000)
  const status = luck < 12 ? '500' : luck < 30 ? '429' : '200'
  const latency = (usual * random.around(450) * (status === '500' ? 4 : 1)).toFixed(1)
  return propertiesText({ team, project, resource, status, latency, user: random.pick(USERS) })
}
