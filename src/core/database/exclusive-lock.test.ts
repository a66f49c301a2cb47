import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeExclusiveLock } from './exclusive-lock.ts'

describe('an exclusive lock', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qd-lock-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is given once at a time, also within one process', () => {
    const path = join(folder, 'lock')
    const lock = takeExclusiveLock(path)!
    expect(takeExclusiveLock(path)).toBeUndefined()
    lock.release()
    lock.release()
    const again = takeExclusiveLock(path)!
    expect(again).toBeDefined()
    again.release()
  })

  it('says what else is wrong', () => {
    expect(() => takeExclusiveLock(folder)).toThrow(expect.objectContaining({ code: 'SQLITE_CANTOPEN' }))
  })
})
