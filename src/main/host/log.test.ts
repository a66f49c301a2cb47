import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFileLog } from './log.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'qd-log-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const now = () => '2026-11-21T05:00:00.000Z'
const lines = (file = 'core.log') =>
  readFileSync(join(dir, file), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

describe('the log', () => {
  it('writes one JSON object a line, with the command it belongs to', () => {
    const log = openFileLog({ dir, name: 'core', now, facts: { host: 'test' } })
    log.write('error', 'a command did not run', {
      commandId: 'c1',
      version: 12n,
      error: new RangeError('no\nway'),
    })
    log.close()
    expect(lines()[0]).toMatchObject({
      at: now(),
      level: 'error',
      message: 'a command did not run',
      host: 'test',
      commandId: 'c1',
      version: '12',
      error: { name: 'RangeError', stack: expect.stringContaining('no\nway') },
    })
    expect(statSync(join(dir, 'core.log')).mode & 0o777).toBe(0o600)
  })

  it('holds no secret, wherever it stands', () => {
    const log = openFileLog({ dir, name: 'core', now })
    const secret = 'AbCdEfGhIjKlMnOpQrStUvWx'
    log.write('info', `open http://127.0.0.1:1/#token=${secret}`, {
      passphrase: secret,
      nested: { sessionSecret: secret, list: [{ recoveryKey: secret }] },
      key: secret,
      sql: `PRAGMA key='raw:${secret}'`,
      bytes: Buffer.from(secret),
      slot: 'kept',
    })
    log.close()
    const text = readFileSync(join(dir, 'core.log'), 'utf8')
    expect(text).not.toContain(secret)
    expect(text).not.toContain(Buffer.from(secret).toString('base64'))
    expect(text).toContain('kept')
  })

  it('is rotated by size and keeps a bounded number of files', () => {
    const log = openFileLog({ dir, name: 'core', now, maxBytes: 1000, keep: 2 })
    for (let i = 0; i < 100; i++) log.write('info', `line ${i}`)
    log.close()
    expect(readdirSync(dir).sort()).toEqual(['core.1.log', 'core.2.log', 'core.log'])
    expect(lines().at(-1).message).toBe('line 99')
    for (const file of readdirSync(dir)) expect(statSync(join(dir, file)).size).toBeLessThanOrEqual(1000)
  })

  it('goes on with the file of the run before, and never throws', () => {
    for (const message of ['one', 'two']) {
      const log = openFileLog({ dir, name: 'core', now })
      log.write('info', message)
      log.close()
    }
    expect(lines().map(line => line.message)).toEqual(['one', 'two'])
    writeFileSync(join(dir, 'file'), '')
    const nowhere = openFileLog({ dir: join(dir, 'file', 'below'), name: 'core', now })
    expect(() => nowhere.write('info', 'lost')).not.toThrow()
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(() => nowhere.write('info', 'lost', { circle, long: 'x'.repeat(10_000) })).not.toThrow()
  })
})
