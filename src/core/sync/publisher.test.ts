import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ImportKit, importKit } from '#core/finops/imports/testing/import-kit.ts'
import { PATIENTLY, type TestClock, WORKSPACE } from '#test/kit/core-kit.ts'
import { createContentReader } from './content-reader.ts'
import { createPublisher } from './publisher.ts'

const COSTS =
  'BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName\n' +
  '1.25,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,AWS,EC2\n'

describe('what publishes bulk content', () => {
  let kit: ImportKit
  let clock: TestClock
  const committed: string[][] = []
  const failures: unknown[] = []
  beforeEach(async () => {
    kit = await importKit('sqlite')
    clock = kit.clock as TestClock
    committed.length = 0
    failures.length = 0
    kit.file('october.csv', COSTS)
    await kit.bring('october.csv')
  })
  afterEach(() => kit.close())

  const become = (authority: 'server' | 'standalone') =>
    kit.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority }).execute()
    })
  const publisher = (store = kit.store) =>
    createPublisher({
      ...{ store, workspace: WORKSPACE, timer: clock, now: clock.now, monotonic: clock.monotonic },
      content: createContentReader(store, WORKSPACE),
      committed: tables => void committed.push([...tables]),
      onFailure: error => void failures.push(error),
    })
  const published = async () => {
    const rows = await kit.store.read(WORKSPACE, ({ db }) =>
      db.selectFrom('batches').select('kind').execute(),
    )
    return rows.map(row => row.kind).sort()
  }

  it('does so on a server a moment after its start, and says which tables changed', async () => {
    await become('server')
    const one = publisher()
    await one.start()
    expect(await published()).toEqual([])
    clock.advance(1000)
    await expect.poll(() => committed.flat(), PATIENTLY).toContain('batches')
    expect(await published()).toEqual(['cost.lines', 'cost.sums'])
    await one.close()
    expect(failures).toEqual([])
  })

  it('sets no timer where nobody is served, nor when it was closed', async () => {
    await become('standalone')
    const before = clock.waiting()
    const one = publisher()
    await one.start()
    expect(clock.waiting()).toBe(before)
    await become('server')
    const other = publisher()
    await other.start()
    expect(clock.waiting()).toBe(before + 1)
    other.wake()
    expect(clock.waiting()).toBe(before + 1)
    await other.close()
    other.wake()
    expect(clock.waiting()).toBe(before)
  })

  /** A store whose next transactions end when the test says so. */
  function held() {
    const waiting: { let: (error?: Error) => void }[] = []
    const store: typeof kit.store = {
      ...kit.store,
      write: async (...given: Parameters<typeof kit.store.write>) => {
        await new Promise<void>((resolve, reject) => {
          waiting.push({ let: error => (error ? reject(error) : resolve()) })
        })
        return kit.store.write(...given) as never
      },
    }
    return { store, waiting }
  }

  it('looks again at what came while it published', async () => {
    await become('server')
    const { store, waiting } = held()
    const one = publisher(store)
    await one.start()
    clock.advance(1000)
    await expect.poll(() => waiting.length, PATIENTLY).toBe(1)
    one.wake()
    const before = clock.waiting()
    waiting[0]!.let(new Error('the disk is full'))
    await expect.poll(() => clock.waiting(), PATIENTLY).toBe(before + 1)
    expect(failures).toEqual([new Error('the disk is full')])
    expect(await published()).toEqual([])
    clock.advance(1000)
    await expect.poll(() => waiting.length, PATIENTLY).toBe(2)
    for (let n = 1; committed.length === 0; n++) {
      await expect.poll(() => waiting.length > n || committed.length > 0, PATIENTLY).toBe(true)
      waiting[n]?.let()
    }
    expect(await published()).toEqual(['cost.lines', 'cost.sums'])
    await one.close()
  })

  it('tells of no failure that its own end made', async () => {
    await become('server')
    const { store, waiting } = held()
    const one = publisher(store)
    await one.start()
    clock.advance(1000)
    await expect.poll(() => waiting.length, PATIENTLY).toBe(1)
    const closed = one.close()
    waiting[0]!.let(new Error('the store is closed'))
    await closed
    expect(failures).toEqual([])
  })
})
