import { describe, expect, it } from 'vitest'
import { createTurns, DatabaseClosed } from './turns.ts'

const pause = () => new Promise<void>(resolve => setImmediate(resolve))

describe('turns on one connection', () => {
  it('runs one piece at a time, people before jobs, each queue in order', async () => {
    const done: string[] = []
    const turns = createTurns<'person' | 'job'>(
      ['person', 'job'],
      () => 0,
      () => {},
    )
    const piece = (queue: 'person' | 'job', name: string) =>
      turns.take(queue, async () => {
        done.push(`+${name}`)
        await pause()
        done.push(`-${name}`)
        return name
      })
    const all = [piece('job', 'j1'), piece('job', 'j2'), piece('person', 'p1'), piece('person', 'p2')]
    expect(await Promise.all(all)).toEqual(['j1', 'j2', 'p1', 'p2'])
    // The first job began before anybody else was there; from then on people go first.
    expect(done.join(' ')).toBe('+j1 -j1 +p1 -p1 +p2 -p2 +j2 -j2')
  })

  it('lets in a person who comes while jobs follow each other', async () => {
    const done: string[] = []
    const turns = createTurns<'person' | 'job'>(
      ['person', 'job'],
      () => 0,
      () => {},
    )
    const jobs = ['j1', 'j2', 'j3'].map(name => turns.take('job', async () => void done.push(name)))
    setImmediate(() => void turns.take('person', async () => void done.push('person')))
    await Promise.all(jobs)
    await turns.close()
    expect(done.indexOf('person')).toBeLessThan(3)
  })

  it('goes on after a failure, and tells how long each waited and ran', async () => {
    let time = 0
    const told: unknown[] = []
    const turns = createTurns<'only'>(
      ['only'],
      () => time,
      (queue, waited, ran) => told.push([queue, waited, ran]),
    )
    const failing = turns.take('only', async () => {
      await pause()
      time += 5
      throw new Error('no')
    })
    const next = turns.take('only', async () => {
      time += 2
    })
    await expect(failing).rejects.toThrow('no')
    await next
    expect(told).toEqual([
      ['only', 0, 5],
      ['only', 5, 2],
    ])
  })

  it('refuses what comes after closing, and waits for what came before', async () => {
    let over = false
    const turns = createTurns<'only'>(
      ['only'],
      () => 0,
      () => {},
    )
    const last = turns.take('only', async () => {
      await pause()
      over = true
    })
    await turns.close()
    expect(over).toBe(true)
    await last
    await expect(turns.take('only', async () => {})).rejects.toThrow(DatabaseClosed)
  })
})
