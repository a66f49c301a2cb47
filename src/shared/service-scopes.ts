import type { Capability } from './contract/define.ts'

type Asked = Pick<Capability, 'id' | 'kind' | 'internal' | 'vote'>

/** Groups of capabilities that a service token may be given, by what a program does with them. */
export const SCOPE_GROUPS: Readonly<Record<string, (capability: Asked) => boolean>> = {
  'usage.ingest': ({ id }) => ['billing.usage.record', 'billing.metric.list'].includes(id),
  'costs.ingest': ({ id }) =>
    ['inspect', 'start', 'list', 'get', 'problems'].some(name => id === `finops.imports.${name}`),
  'entitlements.read': ({ id }) => ['billing.entitlement.check', 'billing.entitlement.list'].includes(id),
  'billing.read': ({ id, kind }) => id.startsWith('billing.') && kind === 'query',
  'finops.read': ({ id, kind }) => id.startsWith('finops.') && kind === 'query',
  'customers.write': ({ id }) => id.startsWith('billing.customer.') || id.startsWith('billing.subscription.'),
}

/** Features whose capabilities work without a person. */
const FEATURES = /^(billing|finops|support|health)\./
/** What a person answers for with their name. */
const OF_PEOPLE = /^billing\.(invoice|correction|dispute|period)\./

/** Whether a program may do this at all: nothing that is a vote, the core's own, or decides over invoices. */
export function mayBeGiven(capability: Asked): boolean {
  const { id, kind, internal, vote } = capability
  if (internal || vote || kind === 'stream' || !FEATURES.test(id)) return false
  return kind === 'query' || !OF_PEOPLE.test(id)
}

/** Whether a scope (a group or one capability) means anything. */
export function isScope(scope: string, capabilities: ReadonlyMap<string, Asked>): boolean {
  if (Object.hasOwn(SCOPE_GROUPS, scope)) return true
  const capability = capabilities.get(scope)
  return capability !== undefined && mayBeGiven(capability)
}

/** The capabilities that a token with these scopes may use. */
export function capabilitiesOf(scopes: readonly string[], capabilities: Iterable<Asked>): string[] {
  const covers = (capability: Asked) =>
    mayBeGiven(capability) &&
    scopes.some(
      scope =>
        scope === capability.id || (Object.hasOwn(SCOPE_GROUPS, scope) && SCOPE_GROUPS[scope]!(capability)),
    )
  return [...capabilities].filter(covers).map(capability => capability.id)
}
