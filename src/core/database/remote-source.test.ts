import { describe, expect, it } from 'vitest'
import { memoryThread } from '#test/kit/memory-thread.ts'
import type { Answer } from './dialect.ts'
import type { PostgresSource } from './postgres-store.ts'
import { isObjection, remoteSource, serveSource } from './remote-source.ts'
import type { Urgency } from './store.ts'

/** A source that notes what it is asked, and answers as the test says. */
function probe(answer: (sql: string) => Promise<Answer>) {
  const asked: string[] = []
  const urgencies: (Urgency | undefined)[] = []
  let opened = 0
  let released = 0
  const source: PostgresSource = {
    async connect(urgency) {
      urgencies.push(urgency)
      const own = ++opened
      return {
        query(sql, parameters) {
          asked.push(`${own}: ${sql} ${parameters.join()}`.trim())
          return answer(sql)
        },
        release: () => void released++,
      }
    },
    close: async () => {},
  }
  return { source, asked, urgencies, released: () => released }
}

function between(served: PostgresSource) {
  const { here, there, crash } = memoryThread()
  const broken: unknown[] = []
  serveSource(here, served, error => broken.push(error))
  return { remote: remoteSource(there), broken, crash }
}

const one: Answer = { rows: [{ n: 7n }], affected: 1n }

describe('sessions of a database that another thread holds', () => {
  it('are told apart, keep int64, and are given back', async () => {
    const { source, asked, urgencies, released } = probe(async () => one)
    const { remote } = between(source)
    const first = await remote.connect()
    const second = await remote.connect('job')
    expect(urgencies).toEqual(['person', 'job'])
    expect(await second.query('SELECT 2', [2n])).toEqual(one)
    expect(await first.query('SELECT 1', [])).toEqual(one)
    expect(asked).toEqual(['2: SELECT 2 2', '1: SELECT 1'])
    first.release()
    await expect(first.query('SELECT 3', [])).rejects.toThrow('this session was given back')
    expect(released()).toBe(1)
    expect(await second.query('SELECT 4', [])).toEqual(one)
  })

  it('say what the database said against a statement, with its SQLSTATE', async () => {
    const { source } = probe(async () => {
      throw Object.assign(new Error('duplicate key'), {
        ...{ code: '23505', detail: 'Key (id)=(1) exists.', constraint: 'people_pkey', file: 'nbtinsert.c' },
      })
    })
    const { remote, broken } = between(source)
    const session = await remote.connect()
    const error = await session.query('INSERT', []).catch((said: unknown) => said)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      ...{ message: 'duplicate key', code: '23505', detail: 'Key (id)=(1) exists.' },
      constraint: 'people_pkey',
    })
    expect(error).not.toHaveProperty('file')
    expect(isObjection(error)).toBe(true)
    expect(broken).toEqual([])
  })

  it('tell of an error that is no answer of the database', async () => {
    const gone = new Error('the connection is closed')
    const { source } = probe(async () => {
      throw gone
    })
    const { remote, broken } = between(source)
    const session = await remote.connect()
    await expect(session.query('SELECT 1', [])).rejects.toThrow('the connection is closed')
    expect(broken).toEqual([gone])
  })

  it('are rolled back and given back when whoever held them is gone, even if that fails', async () => {
    const { source, asked, released } = probe(async sql => {
      if (sql === 'ROLLBACK') throw new Error('too late')
      return one
    })
    const { remote, crash } = between(source)
    const kept = await remote.connect()
    await kept.query('BEGIN', [])
    crash(null)
    await expect.poll(released).toBe(1)
    expect(asked).toEqual(['1: BEGIN', '1: ROLLBACK'])
  })

  it('that come after whoever asked is gone are given back at once', async () => {
    const { source, asked, released } = probe(async () => one)
    let open = () => {}
    const slow: PostgresSource = {
      ...source,
      async connect(urgency) {
        await new Promise<void>(resolve => {
          open = resolve
        })
        return source.connect(urgency)
      },
    }
    const { remote, crash } = between(slow)
    const asking = remote.connect().catch((error: unknown) => error)
    await new Promise<void>(resolve => setImmediate(() => setImmediate(resolve)))
    crash(null)
    open()
    expect(await asking).toBeInstanceOf(Error)
    await expect.poll(released).toBe(1)
    expect(asked).toEqual(['1: ROLLBACK'])
  })
})

it.each([
  [{ code: '40001' }, true],
  [{ code: '42P01' }, true],
  [{ code: 'ECONNRESET' }, false],
  [{ code: 7 }, false],
  [new Error('no code'), false],
])('%o is an objection: %s', (error, is) => {
  expect(isObjection(error)).toBe(is)
})
