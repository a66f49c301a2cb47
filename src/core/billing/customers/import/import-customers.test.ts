import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { addCustomer, addPlan, day } from '../../testing/catalogue-kit.ts'
import { importCustomers } from './import-customers.ts'

const { customer, subscription } = contract.billing

describe.each(DATABASES)('billing.customer.import on %s', database => {
  let t: TestCore
  let folder: string
  let files: ReturnType<typeof testFiles>
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quarterdeck-customers-'))
    files = testFiles()
    t = await testCore(database, { files })
    await addPlan(t, 'starter', { trialDays: 14 })
    await addPlan(t, 'yen', { currency: 'JPY' })
  })
  afterEach(async () => {
    await t.close()
    rmSync(folder, { recursive: true })
  })

  async function bring(content: string, more: { onDifferent?: 'edit' | 'refuse'; dryRun?: boolean } = {}) {
    const path = join(folder, 'customers.txt')
    writeFileSync(path, content)
    files.put('f1', path)
    return t.core.call(customer.import, { fileId: 'f1', fileName: 'customers.txt', ...more }, t.admin)
  }
  const all = async () => (await t.core.call(customer.list, {}, t.admin)).customers
  const head = 'key,name,email,country,currency,zone,tax_rate,address,plan,seats,started_at,trial_days\n'
  const good = `${head}acme,"Acme, Inc.",ap@acme.example,US,USD,America/New_York,0.08,1 Main St|Boston,starter,3,2026-01-01,0
nord,Nord AS,,NO,USD,Europe/Oslo,,,starter,,2026-03-01,
still,Still GmbH,,DE,,,,,,,,
`

  it('brings customers with their subscriptions in, each by its own command, and twice changes nothing', async () => {
    const trial = await bring(good, { dryRun: true })
    expect(trial).toMatchObject({ done: false, refused: 0, customers: { created: 3 } })
    expect(await all()).toEqual([])

    const receipt = await bring(good)
    expect(receipt).toMatchObject({
      ...{ done: true, format: 'csv', lines: 3, refused: 0, problems: [] },
      customers: { created: 3, edited: 0, unchanged: 0 },
      subscriptions: { started: 2, unchanged: 0 },
    })
    const rows = await all()
    expect(rows.map(row => [row.key, row.name, row.currency, row.zone, row.plan])).toEqual([
      ['acme', 'Acme, Inc.', 'USD', 'America/New_York', 'Plan starter'],
      ['nord', 'Nord AS', 'USD', 'Europe/Oslo', 'Plan starter'],
      ['still', 'Still GmbH', 'EUR', 'Europe/Berlin', null],
    ])
    const acme = await t.core.call(customer.get, { customerId: rows[0]!.id }, t.admin)
    expect(acme.profile).toMatchObject({ taxRate: '0.08', address: ['1 Main St', 'Boston'] })
    // A day begins in the customer's zone.
    expect(acme.subscriptions[0]).toMatchObject({ startedAt: day('2026-01-01') + 5n * 3_600_000n })
    expect(acme.subscriptions[0]!.phases).toMatchObject([{ kind: 'active', quantity: 3n }])

    const { entries } = await t.core.call(contract.workspace.log.list, { limit: 500 }, t.admin)
    expect(entries.filter(one => one.command === 'billing.customer.create')).toHaveLength(3)
    expect(entries.find(one => one.command === 'billing.customer.noteImport')?.input).toMatchObject({
      digest: receipt.digest,
    })
    const again = await bring(good)
    expect(again).toMatchObject({
      ...{ done: true, customers: { created: 0, edited: 0, unchanged: 3 } },
      subscriptions: { started: 0, unchanged: 2 },
    })
    const after = await t.core.call(contract.workspace.log.list, { limit: 500 }, t.admin)
    expect(after.entries).toHaveLength(entries.length)
  })

  it('names every line that it cannot take, and takes none', async () => {
    await addCustomer(t, 'known', { currency: 'USD' })
    const receipt = await bring(`${head}Bad Key,A,,US,USD,,,,,,,
fine,Fine,,US,USD,,,,,,,
a,,,US,USD,,,,,,,
b,B,,USA,USD,,,,,,,
c,C,,US,XQQ,,,,,,,
d,D,,US,USD,Mars/Base,,,,,,
e,E,,US,USD,,,,nothing,,2026-01-01,
f,F,,US,EUR,,,,starter,,2026-01-01,
g,G,,US,USD,,,,starter,0,2026-01-01,
h,H,,US,USD,,,,starter,1,soon,
known,Other,,US,EUR,,,,,,,
fine,Finer,,US,USD,,,,,,,
i,I,,US,USD,,,,starter,,2026-01-01,
i,I,,US,USD,,,,starter,,2026-02-01,
j,"J,,US,USD
`)
    expect(receipt).toMatchObject({ done: false, customers: { created: 0 } })
    expect(receipt.problems.map(one => [one.line, one.column, one.code])).toEqual([
      [2, 'key', 'invalid'],
      [4, 'name', 'invalid'],
      [5, 'country', 'invalid'],
      [6, 'currency', 'unknown-currency'],
      [7, 'zone', 'unknown-zone'],
      [8, 'plan', 'unknown-plan'],
      [9, 'plan', 'no-price'],
      [10, 'seats', 'invalid'],
      [11, 'started_at', 'invalid'],
      [12, 'currency', 'cannot-change'],
      [12, 'name', 'differs'],
      [13, 'name', 'contradicts'],
      [15, 'plan', 'overlap'],
      [16, null, 'unreadable'],
    ])
    expect((await all()).map(row => row.key)).toEqual(['known'])
  })

  it('edits what differs where the person chose so, and never the terms of a subscription', async () => {
    await bring(good)
    const other = good.replace('Nord AS', 'Nord ASA').replace('starter,3', 'starter,4')
    expect((await bring(other, { onDifferent: 'edit' })).problems).toMatchObject([
      { line: 2, code: 'cannot-change' },
    ])
    const renamed = good.replace('Nord AS', 'Nord ASA')
    expect((await bring(renamed)).problems).toMatchObject([{ line: 3, column: 'name', code: 'differs' }])
    expect(await bring(renamed, { onDifferent: 'edit' })).toMatchObject({
      ...{ done: true, customers: { created: 0, edited: 1, unchanged: 2 } },
      subscriptions: { started: 0, unchanged: 2 },
    })
    expect((await all()).map(row => row.name)).toContain('Nord ASA')
    // A change of seats later does not make the file say something else of the beginning.
    const [made] = (await t.core.call(subscription.list, {}, t.admin)).subscriptions
    const change = { subscriptionId: made!.id, at: made!.startedAt + 86_400_000n, quantity: 9n }
    await t.core.call(subscription.change, change, t.admin)
    expect(await bring(renamed)).toMatchObject({ done: true, subscriptions: { unchanged: 2 } })
  })

  it('reads JSON lines with several subscriptions each', async () => {
    await addPlan(t, 'support')
    const line = {
      ...{ key: 'acme', name: 'Acme', country: 'US', currency: 'USD', payment_days: 14 },
      subscriptions: [
        { plan: 'starter', seats: 2, started_at: '2026-01-15T12:00:00Z' },
        { plan: 'support', started_at: '2026-02-01', bill_from: '2026-03-01' },
      ],
    }
    expect(await bring(`${JSON.stringify(line)}\n`)).toMatchObject({
      ...{ done: true, format: 'jsonl', subscriptions: { started: 2 } },
    })
    const { subscriptions } = await t.core.call(subscription.list, {}, t.admin)
    expect(subscriptions.map(one => [one.phases[0]!.quantity, one.phases[0]!.kind])).toEqual([
      [1n, 'active'],
      [2n, 'trial'],
    ])
    expect((await bring('{"key":"x"\n')).problems).toMatchObject([{ line: 1, code: 'unreadable' }])
  })

  it('refuses a file that is gone, empty or not text', async () => {
    await expect(
      t.core.call(customer.import, { fileId: 'none', fileName: 'a' }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_FILE_GONE' })
    await expect(bring('')).rejects.toMatchObject({
      code: 'BILLING_FILE_UNREADABLE',
      data: { reason: 'empty' },
    })
    await expect(bring('key,name\n')).rejects.toMatchObject({ data: { reason: 'no-lines' } })
  })
})

describe('what a file of customers says of subscriptions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-customers-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  let t: TestCore
  afterEach(() => t.close())
  const path = join(folder, 'customers.txt')
  const head = 'key,name,country,plan,started_at,seats,anchor_at,bill_from,alignment\n'

  async function world() {
    const files = testFiles()
    t = await testCore('sqlite', { files })
    const input = { fileId: 'f1', fileName: 'customers.txt' }
    const bring = (content: string) => {
      writeFileSync(path, content)
      files.put('f1', path)
      return t.core.call(customer.import, input, t.admin)
    }
    return { files, input, bring }
  }
  const problems = (receipt: {
    problems: readonly { line: number; column: string | null; code: string }[]
  }) => receipt.problems.map(one => [one.line, one.column, one.code])

  it('is refused where a plan is out of use or has no version, or where it covers the time already', async () => {
    const { bring } = await world()
    const starter = await addPlan(t, 'starter', { currency: 'EUR' })
    await addPlan(t, 'pro', { currency: 'EUR' })
    // The newest version counts, which has no price at all: it is free in every currency.
    const { plan: free } = await addPlan(t, 'free', { currency: 'JPY' })
    await t.core.call(contract.billing.plan.addVersion, { planId: free.id, prices: [] }, t.admin)
    const old = await addPlan(t, 'old', { currency: 'EUR' })
    await t.core.call(contract.billing.plan.setActive, { planId: old.plan.id, active: false }, t.admin)
    await t.core.call(contract.billing.plan.create, { key: 'empty', name: 'E', description: '' }, t.admin)
    const first = `${head}a,A,DE,starter,2026-03-01,2,2026-03-15,2026-04-01,anniversary\nb,B,DE,free,2026-03-01,,,,\nc,C,DE,,,,,,\n`
    expect(await bring(first)).toMatchObject({ done: true, subscriptions: { started: 2 } })
    expect(await bring(first)).toMatchObject({ done: true, subscriptions: { started: 0, unchanged: 2 } })
    const { subscriptions } = await t.core.call(subscription.list, {}, t.admin)
    const ofA = subscriptions.find(one => one.planId === starter.plan.id)!
    await t.core.call(subscription.cancel, { subscriptionId: ofA.id, at: day('2026-06-01') }, t.admin)
    const receipt = await bring(`${head}a,A,DE,starter,2026-03-01,2,2026-03-16,2026-04-01,anniversary
a,A,DE,starter,2026-03-01,2,2026-03-15,2026-04-02,anniversary
a,A,DE,starter,2026-03-01,2,2026-03-15,2026-04-01,calendar
a,A,DE,starter,2026-03-01,3,,,
a,A,DE,starter,2026-05-01,,,,
a,A,DE,pro,2026-05-01,,,,
b,B,DE,free,2026-07-01,,,,
c,C,DE,old,2026-03-01,,,,
c,C,DE,empty,2026-03-01,,,,
`)
    expect(problems(receipt)).toEqual([
      [2, 'plan', 'cannot-change'],
      [3, 'plan', 'cannot-change'],
      [4, 'plan', 'cannot-change'],
      [5, 'plan', 'cannot-change'],
      [6, 'plan', 'overlap'],
      [8, 'plan', 'overlap'],
      [9, 'plan', 'inactive-plan'],
      [10, 'plan', 'no-price'],
    ])
    // After its end there is room again.
    expect(await bring(`${head}a,A,DE,starter,2026-06-02,,,,\nc,C,DE,pro,2026-03-01,,,,\n`)).toMatchObject({
      ...{ done: true, subscriptions: { started: 2 } },
    })
  })

  it('comes in up to the line that somebody else got in the way of, and the file can come in again', async () => {
    const { input, files } = await world()
    await addPlan(t, 'starter', { currency: 'EUR' })
    const content = `${head}a,A,DE,starter,2026-03-01,,,,\nb,B,DE,,,,,,\nc,C,DE,,,,,,\n`
    writeFileSync(path, content)
    files.put('f1', path)
    // A service whose commands run as ever, but for what comes in between.
    const service = (between: (commands: number) => Promise<unknown>) => {
      let commands = 0
      const run = async (leaf: typeof customer.create, values: never) => {
        if ((leaf as unknown) === customer.noteImport) return {}
        await between(++commands)
        return t.core.call(leaf, values, t.admin)
      }
      const read = (work: never) => t.store.read(t.workspace, work)
      const call = { input: { ...input, onDifferent: 'refuse', dryRun: false }, read, run }
      return importCustomers(files).run(call as never)
    }
    const somebody = async (commands: number) => {
      if (commands === 3) await addCustomer(t, 'b', { currency: 'EUR' })
    }
    expect(await service(somebody)).toMatchObject({
      ...{ done: false, refused: 1, customers: { created: 1 }, subscriptions: { started: 1 } },
      problems: [{ line: 3, code: 'changed-meanwhile', column: null }],
    })
    // The file is still there: what is not the data's fault is told as it is, and it comes in again.
    writeFileSync(path, content.replace('b,B', 'b,Customer b').replace('Customer b,DE', 'Customer b,US'))
    const fault = new Error('the disk is full')
    await expect(service(() => Promise.reject(fault))).rejects.toBe(fault)
    expect(await service(async () => {})).toMatchObject({
      ...{ done: true, customers: { created: 1, unchanged: 2 }, subscriptions: { started: 0, unchanged: 1 } },
    })
    await expect(t.core.call(customer.import, input, t.admin)).rejects.toMatchObject({
      code: 'BILLING_FILE_GONE',
    })
    files.find = () => {
      throw fault
    }
    await expect(service(async () => {})).rejects.toBe(fault)
  })
})
