import { afterEach, describe, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore, testIds, testServices } from '#test/kit/core-kit.ts'
import { type EffectCarrier, type EffectToCarry, TryLater } from './carrier.ts'
import { MOST_TRIES } from './effect-runner.ts'

const { effects } = contract.workspace
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

/** A world outside that does what it is told, in order. */
function outside(kind = 'mail', staleAfter?: number) {
  const carried: EffectToCarry[] = []
  const answers: (Error | Promise<void>)[] = []
  const carrier: EffectCarrier = {
    kind,
    ...(staleAfter === undefined ? {} : { staleAfter }),
    async carry(effect) {
      carried.push(effect)
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      await answer
    },
  }
  return { carrier, carried, answers }
}

describe.each(DATABASES)('effects on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  /** Puts effects into the table, as a command's transaction does, and tells the core. */
  async function ask(...effectIds: string[]): Promise<void> {
    await t.store.write(t.workspace, 'person', async tx => {
      const at = t.clock.now()
      for (const effectId of effectIds)
        await tx.db
          .insertInto('effects')
          .values({
            id: effectId,
            kind: 'mail',
            payload: canonicalJson({ to: 'ada' }),
            state: 'waiting',
            attempts: 0n,
            not_before: at,
            created_at: at,
            done_at: null,
            failure: null,
          })
          .execute()
    })
    t.core.background.effectsChanged()
    await t.core.background.idle()
  }
  const list = async () => (await t.core.call(effects.list, {}, t.admin)).effects
  async function pass(milliseconds: number): Promise<void> {
    t.clock.advance(milliseconds)
    await t.core.background.idle()
  }

  it('are carried out once, with their id as the key', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    await ask(id(1), id(2))
    expect(world.carried).toEqual([
      { id: id(1), payload: { to: 'ada' }, attempt: 1 },
      { id: id(2), payload: { to: 'ada' }, attempt: 1 },
    ])
    await pass(3_600_000)
    expect(world.carried).toHaveLength(2)
    expect(await list()).toMatchObject([
      { id: id(2), state: 'done', attempts: 1n, failure: null },
      { id: id(1), state: 'done' },
    ])
  })

  it('are tried again with growing pauses, show why they failed, and are given up in the end', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    world.answers.push(...Array.from({ length: MOST_TRIES }, () => new Error('connection refused')))
    await ask(id(1))
    expect(await list()).toMatchObject([
      {
        state: 'waiting',
        notBefore: t.clock.now() + 5000n,
        failure: { code: 'WORKSPACE_EFFECT_FAILED', message: 'connection refused' },
      },
    ])
    await pass(4999)
    expect(world.carried).toHaveLength(1)
    await pass(1)
    expect(world.carried).toHaveLength(2)
    for (let tries = 2; tries < MOST_TRIES; tries++) await pass(3_600_000)
    expect(world.carried.map(one => one.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await list()).toMatchObject([{ state: 'failed', doneAt: t.clock.now() }])
    expect(t.core.bugs.list()[0]).toMatchObject({ where: 'effect', reference: id(1) })
    await pass(86_400_000)
    expect(world.carried).toHaveLength(MOST_TRIES)
  })

  it('workspace.effects.retry: tries a failed one again under the same key', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    world.answers.push(refuse('MAIL_ADDRESS', {}, 'no such address'))
    await ask(id(1))
    expect(await list()).toMatchObject([{ state: 'failed', attempts: 1n, failure: { code: 'MAIL_ADDRESS' } }])
    await t.core.call(effects.retry, { effectId: id(1) }, t.admin)
    await t.core.background.idle()
    expect(world.carried.map(one => one.id)).toEqual([id(1), id(1)])
    expect(await t.core.call(effects.list, { state: 'done' }, t.admin)).toMatchObject({
      effects: [{ id: id(1) }],
    })
    await expect(t.core.call(effects.retry, { effectId: id(1) }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_EFFECT_NOT_FAILED',
      data: { state: 'done' },
    })
    await expect(t.core.call(effects.retry, { effectId: id(9) }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('that are too old to matter are not carried out', async () => {
    const world = outside('mail', 60_000)
    t = await testCore(database, { carriers: [world.carrier] })
    world.answers.push(new Error('later'), new Error('later'), new Error('later'))
    await ask(id(1))
    await pass(61_000)
    expect(world.carried).toHaveLength(1)
    expect(await list()).toMatchObject([{ state: 'done', failure: { code: 'WORKSPACE_EFFECT_STALE' } }])
  })

  it('wait for a host that can carry them', async () => {
    t = await testCore(database, { carriers: [outside('fax').carrier] })
    await ask(id(1))
    await pass(3_600_000)
    expect(await list()).toMatchObject([{ state: 'waiting', attempts: 0n }])
  })

  it('survive a core that dies between carrying one out and saying so', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    // The first core never gets to know that it was carried out.
    world.answers.push(new Promise<void>(() => {}))
    const started = ask(id(1))
    while (world.carried.length === 0) await new Promise(resolve => setImmediate(resolve))
    const again = outside()
    const later = createCore({
      workspace: t.workspace,
      store: t.store,
      clock: t.clock,
      timer: t.clock,
      newId: testIds(t.clock),
      log: () => {},
      services: { ...testServices(), carriers: [again.carrier] },
    })
    await later.start()
    await later.background.idle()
    expect(again.carried).toEqual([])
    t.clock.advance(60_000)
    await later.background.idle()
    expect(again.carried).toEqual([{ id: id(1), payload: { to: 'ada' }, attempt: 2 }])
    expect(await later.call(effects.list, {}, t.admin)).toMatchObject({ effects: [{ state: 'done' }] })
    await later.background.close()
    void started
    t = { ...t, close: () => t.store.close() }
  })

  it('that come while others are carried out are not forgotten, whatever goes wrong with those', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    let fail: (reason: unknown) => void = () => {}
    world.answers.push(new Promise<void>((_, reject) => (fail = reject)))
    const first = ask(id(1))
    while (world.carried.length === 0) await new Promise(resolve => setImmediate(resolve))
    const second = ask(id(2))
    t.core.background.effectsChanged()
    fail('no reason given')
    await Promise.all([first, second])
    await t.core.background.idle()
    expect(world.carried.map(one => one.id)).toEqual([id(1), id(2)])
    expect(await list()).toMatchObject([
      { id: id(2), state: 'done' },
      { id: id(1), state: 'waiting', failure: { message: 'no reason given' } },
    ])
  })

  it('wait for the next start when the core closes', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    let finish: () => void = () => {}
    world.answers.push(new Promise<void>(resolve => (finish = resolve)))
    const asked = ask(id(1), id(2))
    while (world.carried.length === 0) await new Promise(resolve => setImmediate(resolve))
    const { read } = t.store
    Object.assign(t.store, { read: () => Promise.reject(new Error('closing')) })
    const closed = t.core.background.close()
    finish()
    await Promise.all([closed, asked])
    Object.assign(t.store, { read })
    t.core.background.effectsChanged()
    expect(world.carried.map(one => one.id)).toEqual([id(1)])
    expect(await list()).toMatchObject([
      { id: id(2), state: 'waiting' },
      { id: id(1), state: 'done' },
    ])
  })

  it('of one kind do not wait for those of another, and as many are carried at once as a carrier says', async () => {
    const mail = { ...outside().carrier, atOnce: 2 }
    const carried: string[] = []
    let finish: () => void = () => {}
    const stuck = new Promise<void>(resolve => (finish = resolve))
    mail.carry = async effect => {
      carried.push(effect.id)
      if (carried.length <= 2) await stuck
    }
    const fax = outside('fax')
    t = await testCore(database, { carriers: [mail, fax.carrier] })
    const asked = ask(id(1), id(2), id(3))
    await expect.poll(() => carried, PATIENTLY).toEqual([id(1), id(2)])
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('effects').set({ kind: 'fax' }).where('id', '=', id(3)).execute()
    })
    t.core.background.effectsChanged()
    await expect.poll(() => fax.carried.length, PATIENTLY).toBe(1)
    finish()
    await asked
    expect(carried).toHaveLength(2)
  })

  it('come back when their carrier says, as often as it does, and are no failure', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    const times = MOST_TRIES + 2
    world.answers.push(...Array.from({ length: times }, () => new TryLater(7000, 'not there yet')))
    await ask(id(1))
    expect(await list()).toMatchObject([
      { state: 'waiting', notBefore: t.clock.now() + 7000n, failure: { code: 'WORKSPACE_EFFECT_LATER' } },
    ])
    for (let tries = 0; tries < times; tries++) await pass(7000)
    expect(world.carried).toHaveLength(times + 1)
    expect(await list()).toMatchObject([{ state: 'done', failure: null }])
    expect(t.core.bugs.list()).toEqual([])
  })

  it('a bug in the table of effects is noted and stops nothing', async () => {
    const world = outside()
    t = await testCore(database, { carriers: [world.carrier] })
    const { read } = t.store
    let broken = true
    Object.assign(t.store, {
      read: (...all: Parameters<typeof read>) => (broken ? Promise.reject(new Error('disk')) : read(...all)),
    })
    t.core.background.effectsChanged()
    await t.core.background.idle()
    expect(t.core.bugs.list()[0]).toMatchObject({ where: 'effect', message: 'Error: disk' })
    await t.store.write(t.workspace, 'person', async tx => void (await tx.db.deleteFrom('effects').execute()))
    broken = false
    // It looks again by itself, and after the next commit.
    await pass(60_000)
    await ask(id(1))
    expect(world.carried).toHaveLength(1)
  })
})
