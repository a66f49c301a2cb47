import { describe, expect, it } from 'vitest'
import type { Capability } from './contract/define.ts'
import { contract } from './contract/index.ts'
import { capabilitiesOf, isScope, mayBeGiven, SCOPE_GROUPS } from './service-scopes.ts'

const all = new Map<string, Capability>()
const walk = (node: object): void => {
  if ('~orpc' in node) {
    const { meta } = node['~orpc'] as { meta: Capability }
    all.set(meta.id, meta)
  } else for (const child of Object.values(node)) walk(child)
}
walk(contract)

describe('scopes of service tokens', () => {
  it('are groups that mean something, and capabilities that need no person', () => {
    for (const group of Object.keys(SCOPE_GROUPS)) {
      expect(capabilitiesOf([group], all.values()), group).not.toEqual([])
      expect(isScope(group, all)).toBe(true)
    }
    expect(isScope('billing.usage.record', all)).toBe(true)
    for (const none of [
      '',
      'billing',
      'toString',
      '__proto__',
      'billing.usage.erase',
      'workspace.people.list',
    ])
      expect([none, isScope(none, all)]).toEqual([none, false])
  })

  it('never give what is a vote, internal, of people, or of who may come in', () => {
    const given = capabilitiesOf([...Object.keys(SCOPE_GROUPS), ...all.keys()], all.values())
    for (const id of given) {
      const capability = all.get(id)!
      expect([id, capability.internal, capability.vote]).toEqual([id, false, false])
      expect(id).toMatch(/^(billing|finops|support|health)\./)
    }
    expect(mayBeGiven(all.get('billing.invoice.approve')!)).toBe(false)
    expect(given).not.toContain('billing.invoice.issue')
    // What is corrected, and by whom it was asked for, people answer for.
    for (const id of ['billing.correction.credit', 'billing.correction.void', 'billing.period.lock'])
      expect(given).not.toContain(id)
    expect(given).toContain('billing.correction.list')
    expect(given).toContain('billing.invoice.list')
  })

  it('give what they name and nothing else', () => {
    expect(capabilitiesOf(['usage.ingest'], all.values()).sort()).toEqual([
      'billing.metric.list',
      'billing.usage.record',
    ])
    expect(capabilitiesOf(['billing.plan.list', 'nothing'], all.values())).toEqual(['billing.plan.list'])
    expect(capabilitiesOf([], all.values())).toEqual([])
  })
})
