import { describe, expect, it } from 'vitest'
import { runEach } from './use-bulk.ts'

describe('runEach', () => {
  const quiet = { stopped: () => false, onProgress: () => undefined }

  it('runs each once, and goes on after what fails', async () => {
    const ran: number[] = []
    const result = await runEach(
      [1, 2, 3, 4, 5, 6, 7],
      async item => {
        ran.push(item)
        if (item % 3 === 0) throw new Error(`no ${item}`)
      },
      quiet,
    )
    expect(ran.sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(result.done).toBe(5)
    expect(result.failed.map(({ item }) => item).sort()).toEqual([3, 6])
  })

  it('tells what a server was asked to do from what failed', async () => {
    const result = await runEach(
      [1, 2, 3],
      async item => {
        if (item === 1) throw Object.assign(new Error('later'), { code: 'SYNC_REQUESTED' })
        if (item === 2) throw Object.assign(new Error('no'), { code: 'BILLING_INVOICE_STATE' })
      },
      quiet,
    )
    expect(result).toMatchObject({ done: 1, requested: 1, failed: [{ item: 2 }] })
  })

  it('begins nothing more when it is stopped', async () => {
    let ran = 0
    const result = await runEach(
      Array.from({ length: 50 }, (_, i) => i),
      async () => {
        ran++
      },
      { ...quiet, stopped: () => ran >= 10 },
    )
    expect(result.done).toBe(ran)
    expect(ran).toBeLessThan(15)
  })
})
