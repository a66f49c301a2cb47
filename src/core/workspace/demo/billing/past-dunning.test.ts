import { afterEach, expect, it } from 'vitest'
import { dunningWorld, goTo } from '#core/billing/testing/dunning-kit.ts'
import { contract } from '#shared/contract/index.ts'
import type { TestCore } from '#test/kit/core-kit.ts'
import { storePastDunning } from './past-dunning.ts'

const { dunning, payment } = contract.billing

let t: TestCore
afterEach(() => t.close())

it('customers of the demo stand where a campaign would have brought them, and a repeat adds nothing', async () => {
  const made = await dunningWorld('sqlite')
  t = made.t
  const { first, second, third, campaign } = made
  goTo(t, '2027-02-01T10:00:00Z')
  const job = { jobId: first.id, now: t.clock.now() } as Parameters<typeof storePastDunning>[2]
  const store = () => t.store.write(t.workspace, 'job', tx => storePastDunning(tx, null, job))
  // Three steps after the due date for each; after the failures of two of them three, and two without the retry alone.
  expect(await store()).toEqual({ steps: 14 })
  expect(await store()).toEqual({ steps: 0 })
  const { cases } = await t.core.call(dunning.list, {}, t.admin)
  const byNumber = new Map(cases.map(one => [one.invoiceId, one]))
  expect([first, second, third].map(({ id }) => byNumber.get(id)?.retries)).toEqual([
    ...['exhausted', 'none', 'stopped'],
  ])
  expect(cases.map(one => one.state)).toEqual(['final-notice', 'final-notice', 'final-notice'])
  expect(byNumber.get(first.id)).toMatchObject({ hold: 'paused', pauses: [{ createdBy: null }] })
  const failed = await t.core.call(payment.list, { filter: { states: ['failed'] } }, t.admin)
  expect(failed.count).toBe(4)
  expect((await t.core.call(dunning.tasks, { open: true }, t.admin)).tasks).toHaveLength(3)
  // Without a campaign nothing would have been done.
  await t.store.write(t.workspace, 'job', async tx => {
    await tx.db.deleteFrom('dunning_steps').execute()
    await tx.db.deleteFrom('dunning_campaigns').where('id', '=', campaign.id).execute()
  })
  expect(await store()).toEqual({ steps: 0 })
})
