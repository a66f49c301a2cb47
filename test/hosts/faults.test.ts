import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { migrate, migrations } from '#core/database/migrate.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { EXIT } from '#main/host/cli/exit-codes.ts'
import { runCli } from '#main/host/cli.ts'
import { createKeyRing } from '#main/host/keys/key-ring.ts'
import { ensureFolders, workspacePaths } from '#main/host/workspace/layout.ts'
import { migrateDatabase } from '#main/host/workspace/migrate-database.ts'
import { openStagedFiles } from '#serving/files/staged-files.ts'
import { startChild } from './child.ts'

let root: string
let dir: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-faults-'))
  dir = join(root, 'w')
  vi.stubEnv('QUARTERDECK_HOME', root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function q(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const text = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? ''
  const code = await runCli(
    ['-w', dir, '-q', ...args],
    { version: '1.2.3' },
    {
      ...{ stdout: stdout as never, stderr: stderr as never, stdin: stdin as never },
      env: process.env,
      cwd: () => root,
    },
  )
  return { code, out: text(stdout), err: text(stderr) }
}

async function setUp(): Promise<void> {
  expect((await q('setup', '--name', 'Acme', '--admin', 'Ada <ada@example.com>')).code).toBe(EXIT.ok)
}

async function confirmRecovery(): Promise<void> {
  const { recoveryKey } = JSON.parse((await q('keys', 'recovery', '--json')).out)
  expect((await q('keys', 'recovery', '--confirm', recoveryKey)).code).toBe(EXIT.ok)
}

/** Whether this account may mount a small file system, on which a full disk is a real one. */
const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'qd-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return mounted
})()

describe.runIf(canMount)('a full disk', () => {
  const disk = () => join(root, 'disk')
  beforeEach(() => {
    mkdirSync(disk())
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk()]).status).toBe(0)
  })
  afterEach(() => {
    spawnSync('umount', ['-l', disk()])
  })

  it('ends an import with a clear message, and leaves the workspace as it was', async () => {
    const bill = join(root, 'focus.csv')
    expect((await q('demo', '--export-focus', bill, '--end-month', '2026-10', '--months', '8')).code).toBe(
      EXIT.ok,
    )
    dir = join(disk(), 'w')
    await setUp()
    await confirmRecovery()
    const { code, err } = await q('import', bill)
    expect(err).toContain('not enough room')
    expect(code).toBe(EXIT.disk)
    expect((await q('verify')).code).toBe(EXIT.ok)
    expect(JSON.parse((await q('imports', '--json')).out)).toEqual([])
    expect((await q('people', 'add', 'Grace', 'grace@example.com', '--roles', 'ops')).code).toBe(EXIT.ok)
  }, 240_000)

  it('leaves nothing of a backup that does not fit', async () => {
    await setUp()
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk(), 'filler')}`, 'bs=1M', 'count=40'])
    const { code, err } = await q('backup', disk())
    expect(err).toContain('not enough room')
    expect(code).toBe(EXIT.disk)
    expect(readdirSync(disk())).toEqual(['filler'])
  })

  it('leaves nothing of an upload that does not fit after all', async () => {
    // The disk filled up after the room was measured.
    const files = openStagedFiles({
      dir: disk(),
      now: Date.now,
      freeSpace: async () => Number.MAX_SAFE_INTEGER,
    })
    const bytes = (async function* () {
      for (let i = 0; i < 60; i++) yield Buffer.alloc(1024 * 1024)
    })()
    await expect(files.upload('bill.csv', bytes)).rejects.toMatchObject({ code: 'FILE_DISK_FULL' })
    expect(readdirSync(disk())).toEqual([])
  })

  it('keeps the old key slots when new ones cannot be written', async () => {
    const path = join(disk(), 'workspace.keys.json')
    const services = { now: () => '', passphraseCost: { memory: 64, iterations: 1, parallelism: 1 } }
    const ring = await createKeyRing(
      path,
      { kind: 'passphrase', passphrase: 'four unrelated words' },
      services,
    )
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk(), 'filler')}`, 'bs=4k', 'count=20000'])
    await expect(ring.add({ kind: 'recovery' })).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(ring.list()).toHaveLength(1)
    rmSync(join(disk(), 'filler'))
    await ring.add({ kind: 'recovery' })
    expect(ring.list()).toHaveLength(2)
  })
})

describe('a kill -9', () => {
  it('at any point of a start, the first one included, leaves a workspace that opens', async () => {
    const keyFile = join(root, 'a.key')
    for (let round = 0; round < 14; round++) {
      // Each third round begins with nothing, so that making the key and the database is cut off too.
      if (round % 3 === 0) for (const path of [dir, keyFile]) rmSync(path, { recursive: true, force: true })
      const child = startChild('browser-child.ts', [dir, keyFile])
      await new Promise(resolve => setTimeout(resolve, 250 + round * 45))
      await child.kill('SIGKILL')
    }
    vi.stubEnv('QUARTERDECK_KEY_FILE', keyFile)
    expect((await q('people')).code).toBeOneOf([EXIT.ok, EXIT.notFound])
    if (!existsSync(workspacePaths(dir).database)) return
    await setUp()
    expect((await q('verify')).code).toBe(EXIT.ok)
  }, 240_000)
})

describe('a migration', () => {
  const key = new Uint8Array(32).fill(7)
  const log = () => {}

  async function oldDatabase() {
    const paths = workspacePaths(dir)
    ensureFolders(paths)
    writeFileSync(paths.keys, '{"kept":true}')
    const database = openSqlite({ path: paths.database, key, monotonic: () => 0 }, 'write')
    await migrate('sqlite', sqliteExecute(database), 0n, migrations.slice(0, 1))
    database.close()
    return paths
  }

  it('copies the database and its key slots aside first, and keeps the last three copies', async () => {
    const paths = await oldDatabase()
    const old = join(root, 'old.db')
    copyFileSync(paths.database, old)
    for (let at = 1n; at <= 5n; at++) {
      copyFileSync(old, paths.database)
      await migrateDatabase(paths, key, at, log)
    }
    const kept = () => readdirSync(paths.aside).filter(name => !/-(wal|shm)$/.test(name))
    const names = [3, 4, 5].flatMap(at => [`before-migration-${at}.db`, `before-migration-${at}.keys.json`])
    expect(kept().sort()).toEqual(names.sort())
    const copy = openSqlite(
      { path: join(paths.aside, 'before-migration-5.db'), key, monotonic: () => 0 },
      'read',
    )
    expect(copy.prepare('SELECT count(*) AS count FROM migrations').get()).toEqual({ count: 1n })
    copy.close()
    await migrateDatabase(paths, key, 6n, log)
    expect(kept()).toHaveLength(6)
  })

  it('refuses the database of a newer version, and does not touch it', async () => {
    const paths = await oldDatabase()
    const database = openSqlite({ path: paths.database, key, monotonic: () => 0 }, 'write')
    await migrate('sqlite', sqliteExecute(database), 0n)
    database.exec("INSERT INTO migrations VALUES (999, '0999-from-the-future', 'x', 0)")
    database.close()
    await expect(migrateDatabase(paths, key, 1n, log)).rejects.toMatchObject({ code: 'WORKSPACE_NEWER' })
    expect(readdirSync(paths.aside)).toEqual([])
  })
})
