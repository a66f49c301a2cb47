import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATABASES, type TestClock, testClock } from '#test/kit/core-kit.ts'
import { leaves } from '#test/kit/sync-commands.ts'
import { ADA, BOB, type TestDesk, type TestServer, testDesk, testServer } from '#test/kit/sync-kit.ts'

describe.each(DATABASES)('sync with a server on %s', database => {
  let clock: TestClock
  let server: TestServer
  let desk: TestDesk
  beforeEach(async () => {
    clock = testClock()
    server = await testServer(database, clock)
    desk = await testDesk('desk', clock)
    expect(await desk.client(server.for('desk')).round()).toMatchObject({ reached: true, failure: null })
  })
  afterEach(async () => {
    await desk.close()
    await server.close()
  })
  const round = () => desk.client(server.for('desk')).round()

  it('begins with a snapshot', async () => {
    expect(await desk.tables()).toEqual(await server.tables())
    expect(await desk.tables()).toMatchObject({ workspace: ['Test company'] })
  })

  it('runs a command at once, pushes it, and both sides hold the same rows', async () => {
    const answer = await desk.give(leaves.add, { name: 'Grace', email: 'g@example.com' })
    expect(answer.outcome).toBe('done')
    const before = await desk.tables()
    expect(before.people).toHaveLength(3)
    expect((await server.tables()).people).toHaveLength(2)
    expect(await round()).toMatchObject({ answered: 1, refused: 0 })
    expect(await server.tables()).toEqual(before)
    expect(await desk.tables()).toEqual(before)
    expect(await desk.outbox()).toEqual([])
  })

  it('rewinds to what the server has', async () => {
    const was = await desk.tables()
    await desk.give(leaves.swap, { one: ADA, other: BOB })
    await desk.give(leaves.passing, { name: 'Passing' })
    await desk.give(leaves.replace, { id: BOB, name: 'Robert' })
    await desk.give(leaves.set, { name: 'colour', value: 'teal' })
    await desk.give(leaves.set, { name: 'colour', value: 'grey' })
    expect(await desk.tables()).not.toEqual(was)
    expect(await desk.rewound()).toEqual(was)
    const shown = await desk.tables()
    await round()
    expect(await server.tables()).toEqual(shown)
    expect(await desk.rewound()).toEqual(shown)
  })

  it('keeps a refused command for review, and undoes what it did here', async () => {
    await server.give(leaves.add, { name: 'First', email: 'x@example.com' })
    await desk.give(leaves.add, { name: 'Second', email: 'x@example.com' })
    await desk.give(leaves.rename, { id: ADA, name: 'Ada L.' })
    expect(await round()).toMatchObject({ answered: 2, refused: 1 })
    expect(await desk.outbox()).toMatchObject([
      {
        command: 'test.people.add',
        state: 'review',
        refusal: '{"code":"TEST_TAKEN","data":{"email":"x@example.com"}}',
      },
    ])
    expect(await desk.tables()).toEqual(await server.tables())
    expect((await desk.tables()).people!.join()).toContain('Ada L.')
  })
})
