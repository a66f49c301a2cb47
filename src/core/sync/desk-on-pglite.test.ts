import { describe, expect, it } from 'vitest'
import { testClock } from '#test/kit/core-kit.ts'
import { leaves } from '#test/kit/sync-commands.ts'
import { ADA, BOB, testDesk, testServer } from '#test/kit/sync-kit.ts'

describe('a desk on PostgreSQL', () => {
  it('rewinds and replays like one on SQLite', async () => {
    const clock = testClock()
    const server = await testServer('sqlite', clock)
    const desk = await testDesk('desk', clock, 2, 'pglite')
    const round = () => desk.client(server.for('desk')).round()
    await round()
    const was = await desk.tables()
    expect(was).toEqual(await server.tables())
    await desk.give(leaves.swap, { one: ADA, other: BOB })
    await desk.give(leaves.replace, { id: BOB, name: 'Robert' })
    await desk.give(leaves.passing, { name: 'Passing' })
    const shown = await desk.tables()
    expect(await desk.rewound()).toEqual(was)
    server.switches.broken = true
    await desk.give(leaves.breaks, {})
    await server.give(leaves.set, { name: 'colour', value: 'teal' })
    await round()
    expect(await desk.tables()).toEqual({ ...shown, settings: (await server.tables()).settings })
    server.switches.broken = false
    await round()
    expect(await desk.tables()).toEqual(await server.tables())
    expect(await desk.rewound()).toEqual(await server.tables())
    await desk.close()
    await server.close()
  })
})
