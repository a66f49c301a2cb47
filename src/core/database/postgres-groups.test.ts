import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { createGroups } from './postgres-groups.ts'
import type { PostgresSession } from './postgres-store.ts'
import type { Tx } from './store.ts'

/** A database that writes down what it is asked; statements that `fails` names fail. */
function world({
  fails = () => false,
  takes = 0,
}: {
  fails?: (sql: string) => boolean
  takes?: number
} = {}) {
  const asked: string[] = []
  const waits: [string, number, number][] = []
  let time = 0
  let begins = 0
  let refusesBegin = 0
  const released: (boolean | undefined)[] = []
  const session: PostgresSession = {
    async query(sql) {
      asked.push(sql)
      time += takes
      // As a driver does: the answer comes with a later turn of the event loop.
      await new Promise(resolve => setImmediate(resolve))
      if (fails(sql)) throw new Error(`no ${sql}`)
      return { rows: [] }
    },
    release: broken => void released.push(broken),
  }
  const groups = createGroups(
    async workspace => {
      asked.push(`BEGIN ${workspace}`)
      begins++
      if (refusesBegin-- > 0) throw new Error('no session')
      return session
    },
    { monotonic: () => time, onWait: (...said) => waits.push(said) },
  )
  const run = (name: string, workspace = 'w') =>
    groups.join(workspace, async tx => {
      await tx.run(name)
      return name
    })
  return {
    ...{ asked, groups, run, waits, released },
    begins: () => begins,
    refuseBegin: (times: number) => {
      refusesBegin = times
    },
  }
}

describe('commands that wait for each other', () => {
  it('are committed together, each behind a savepoint of its own, and hear of it after the commit', async () => {
    const { asked, run, waits, released } = world()
    const over: string[] = []
    const all = ['a', 'b', 'c'].map(name => run(name).then(value => over.push(`${value} ${asked.length}`)))
    await Promise.all(all)
    expect(asked).toEqual([
      ...['BEGIN w', 'a'],
      ...['SAVEPOINT member', 'b', 'RELEASE SAVEPOINT member'],
      ...['SAVEPOINT member', 'c', 'RELEASE SAVEPOINT member'],
      'COMMIT',
    ])
    expect(over).toEqual(['a 9', 'b 9', 'c 9'])
    expect(waits.map(([kind]) => kind)).toEqual(['write', 'write', 'write'])
    expect(released).toEqual([false])
  })

  it('of other workspaces do not', async () => {
    const { asked, run } = world()
    await Promise.all([run('a', 'one'), run('b', 'other')])
    expect(asked.filter(sql => sql === 'COMMIT')).toHaveLength(2)
    expect(asked).not.toContain('SAVEPOINT member')
  })

  it('take back what one did that fails, and commit the others', async () => {
    const { asked, run } = world({ fails: sql => sql === 'b' })
    const [a, b, c] = await Promise.allSettled([run('a'), run('b'), run('c')])
    expect([a.status, b.status, c.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(asked.slice(2, 5)).toEqual(['SAVEPOINT member', 'b', 'ROLLBACK TO SAVEPOINT member'])
    expect(asked.at(-1)).toBe('COMMIT')
  })

  it('begin anew where the first of them fails', async () => {
    const { asked, run } = world({ fails: sql => sql === 'a' })
    const [a, b] = await Promise.allSettled([run('a'), run('b')])
    expect([a.status, b.status]).toEqual(['rejected', 'fulfilled'])
    expect(asked).toEqual(['BEGIN w', 'a', 'ROLLBACK', 'BEGIN w', 'b', 'COMMIT'])
  })

  it('all fail where they cannot be committed', async () => {
    const { run, released } = world({ fails: sql => sql === 'COMMIT' || sql === 'ROLLBACK' })
    const outcomes = await Promise.allSettled([run('a'), run('b')])
    expect(outcomes.map(one => one.status === 'rejected' && one.reason.message)).toEqual([
      'no COMMIT',
      'no COMMIT',
    ])
    // Its transaction may be open still: nobody gets this session again.
    expect(released).toEqual([true])
  })

  it('all fail where what one did cannot be taken back', async () => {
    const { asked, run } = world({ fails: sql => sql === 'b' || sql.startsWith('ROLLBACK TO') })
    const [a, b] = await Promise.allSettled([run('a'), run('b')])
    expect(a).toMatchObject({ status: 'rejected', reason: { message: 'no ROLLBACK TO SAVEPOINT member' } })
    expect(b.status).toBe('rejected')
    expect(asked).not.toContain('COMMIT')
    expect(asked.at(-1)).toBe('ROLLBACK')
  })

  it('all fail where a savepoint was not given up, which nobody waited for', async () => {
    const { run } = world({ fails: sql => sql === 'RELEASE SAVEPOINT member' })
    const outcomes = await Promise.allSettled([run('a'), run('b')])
    expect(outcomes.map(one => one.status)).toEqual(['rejected', 'rejected'])
  })

  it('hear it where there is no session, and the next ones go on', async () => {
    const { run, refuseBegin } = world()
    refuseBegin(1)
    const outcomes = await Promise.allSettled([run('a'), run('b')])
    expect(outcomes.map(one => one.status === 'rejected' && one.reason.message)).toEqual([
      'no session',
      'no session',
    ])
    expect(await run('c')).toBe('c')
  })

  it('do not wait for all that come: a group has an end by number and by time', async () => {
    const many = world()
    await Promise.all(Array.from({ length: 30 }, (_, n) => many.run(`${n}`)))
    expect(many.asked.filter(sql => sql === 'COMMIT')).toHaveLength(2)
    expect(many.begins()).toBe(2)
    // What the first waits for the counter does not count.
    const slow = world({ takes: 30 })
    await Promise.all([slow.run('a'), slow.run('b'), slow.run('c')])
    expect(slow.asked).toEqual([
      ...['BEGIN w', 'a', 'SAVEPOINT member', 'b', 'RELEASE SAVEPOINT member', 'COMMIT'],
      ...['BEGIN w', 'c', 'COMMIT'],
    ])
  })

  it('take in who comes while they run', async () => {
    const { asked, groups, run } = world()
    let late: Promise<unknown> = Promise.resolve()
    await groups.join('w', async (tx: Tx) => {
      late = run('late')
      await tx.run('first')
    })
    await late
    expect(asked.filter(sql => sql === 'COMMIT')).toHaveLength(1)
  })

  it('run as part of what asked for them', async () => {
    const { groups } = world()
    const within = new AsyncLocalStorage<string>()
    const ask = (name: string) =>
      within.run(name, () =>
        groups.join('w', async tx => {
          await tx.run('x')
          return within.getStore()
        }),
      )
    expect(await Promise.all([ask('one'), ask('other')])).toEqual(['one', 'other'])
  })

  it('may await nothing but their transaction, each for itself', async () => {
    const { groups, run, asked } = world()
    const strange = () =>
      groups.join('w', async tx => {
        await tx.run('x')
        await new Promise(resolve => setTimeout(resolve, 5))
      })
    const [first, second, third] = await Promise.allSettled([run('a'), strange(), run('c')])
    expect([first.status, second.status, third.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(asked).toContain('ROLLBACK TO SAVEPOINT member')
  })
})
