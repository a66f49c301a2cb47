import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { backUp } from '#main/host/backup/back-up.ts'
import { restoreBackup, verifyBackup } from '#main/host/backup/restore.ts'
import { rekeyDatabase } from '#main/host/keys/rekey-database.ts'
import { type OpenWorkspace, openWorkspace } from '#main/host/open-workspace.ts'
import { ensureFolders, type WorkspacePaths, workspacePaths } from '#main/host/workspace/layout.ts'
import type { Unlocker } from '#main/host/workspace/unlock.ts'
import { contract } from '#shared/contract/index.ts'

const PASSPHRASE = 'four unrelated words here'
const FAST = { memory: 64, iterations: 1, parallelism: 1 }
const SYSTEM = { person: null, device: 'test', assurance: 'system', system: true } as const

let root: string
let paths: WorkspacePaths
let opened: OpenWorkspace[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-open-'))
  vi.stubEnv('QUARTERDECK_HOME', root)
  paths = workspacePaths(join(root, 'w'))
  opened = []
})
afterEach(async () => {
  for (const workspace of opened) await workspace.close()
  rmSync(root, { recursive: true, force: true })
})

const unlocker = (passphrase = PASSPHRASE): Unlocker => ({
  secret: async (_, problem) => {
    if (problem) throw problem
    return { kind: 'passphrase', passphrase }
  },
  create: async problem => {
    if (problem) throw problem
    return { kind: 'passphrase', passphrase }
  },
})

async function open(at = paths, passphrase = PASSPHRASE): Promise<OpenWorkspace> {
  ensureFolders(at)
  const lock = takeExclusiveLock(at.lock)
  if (!lock) throw new Error('the lock is taken')
  const workspace = await openWorkspace({
    paths: at,
    lock,
    unlocker: unlocker(passphrase),
    keys: { passphraseCost: FAST },
    host: 'test',
    kind: 'test',
    version: '0.0.0',
  })
  opened.push(workspace)
  return workspace
}

async function close(workspace: OpenWorkspace): Promise<void> {
  await workspace.close()
  opened = opened.filter(other => other !== workspace)
}

const create = (workspace: OpenWorkspace, name = 'Acme') =>
  workspace.core.call(
    contract.workspace.setup.create,
    { name, zone: 'UTC', currency: 'USD', demo: false, admin: { name: 'Ada', email: 'ada@example.com' } },
    SYSTEM,
  )
const nameOf = async (workspace: OpenWorkspace) =>
  (await workspace.core.call(contract.workspace.session, {}, SYSTEM)).workspace.name
const refusal = (code: string) => expect.objectContaining({ code })

describe('opening a workspace', () => {
  it('makes one, encrypted, and opens it again', async () => {
    const first = await open()
    await create(first)
    const id = first.id
    await close(first)
    expect(readFileSync(paths.database).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3')
    expect(readFileSync(paths.database).includes('ada@example.com')).toBe(false)
    expect(statSync(paths.database).mode & 0o777).toBe(0o600)
    const second = await open()
    expect(second.id).toBe(id)
    expect(await nameOf(second)).toBe('Acme')
  })

  it('refuses a wrong secret, leaves everything as it was, and gives the lock back', async () => {
    const first = await open()
    await create(first)
    await close(first)
    const before = readFileSync(paths.database)
    await expect(open(paths, 'some other words instead')).rejects.toThrow(refusal('KEYS_WRONG_SECRET'))
    expect(readFileSync(paths.database).equals(before)).toBe(true)
    expect(await nameOf(await open())).toBe('Acme')
  })

  it('tells a database that its slots do not belong to from a wrong secret', async () => {
    await close(await open())
    const other = workspacePaths(join(root, 'other'))
    await close(await open(other))
    copyFileSync(other.keys, paths.keys)
    const before = readFileSync(paths.database)
    await expect(open()).rejects.toThrow(refusal('KEYS_WRONG_DATABASE_KEY'))
    expect(readFileSync(paths.database).equals(before)).toBe(true)
  })

  it('says that the database is gone, or that its slots are, and makes nothing in its place', async () => {
    await close(await open())
    const database = readFileSync(paths.database)
    rmSync(paths.database)
    await expect(open()).rejects.toThrow(refusal('WORKSPACE_DATABASE_MISSING'))
    expect(existsSync(paths.database)).toBe(false)
    writeFileSync(paths.database, '')
    await expect(open()).rejects.toThrow(refusal('WORKSPACE_DATABASE_MISSING'))
    writeFileSync(paths.database, database)
    for (const file of [paths.keys, `${paths.keys}.bak`]) rmSync(file)
    await expect(open()).rejects.toThrow(refusal('KEYS_FILE_MISSING'))
    expect(readFileSync(paths.database).equals(database)).toBe(true)
  })

  it('begins again where a first opening was cut off after its key was made', async () => {
    ensureFolders(paths)
    writeFileSync(`${paths.keys}.creating`, '')
    writeFileSync(paths.keys, '{"half":')
    const workspace = await open()
    await create(workspace)
    await close(workspace)
    expect(existsSync(`${paths.keys}.creating`)).toBe(false)
    expect(await nameOf(await open())).toBe('Acme')
  })

  it('writes no secret into the log', async () => {
    const workspace = await open()
    await create(workspace)
    await close(workspace)
    await open(paths, 'a wrong passphrase here').catch(() => {})
    const text = readdirSync(paths.logs)
      .map(file => readFileSync(join(paths.logs, file), 'utf8'))
      .join('')
    expect(text).toContain('the workspace is open')
    for (const secret of [PASSPHRASE, 'a wrong passphrase here']) expect(text).not.toContain(secret)
  })
})

describe('backup and restore', () => {
  const services = { now: () => '2026-11-21T00:00:00Z' }
  const secret = { kind: 'passphrase', passphrase: PASSPHRASE } as const

  it('brings back what was there, and keeps what it replaces', async () => {
    const workspace = await open()
    await create(workspace, 'Before')
    const backup = await backUp(workspace, join(root, 'backups'))
    expect(readdirSync(backup.path).sort()).toEqual(['manifest.json', 'workspace.db', 'workspace.keys.json'])
    expect(backup.version).toBeGreaterThan(0n)
    await workspace.core.call(
      contract.workspace.people.add,
      { name: 'Grace', email: 'grace@example.com', roles: ['ops'] },
      SYSTEM,
    )
    await close(workspace)
    const verified = await verifyBackup(backup.path, secret, services)
    const aside = restoreBackup(paths, verified, '2026-11-21T06:00:00Z')
    expect(readdirSync(aside!)).toContain('workspace.db')
    const again = await open()
    expect(await nameOf(again)).toBe('Before')
    const { people } = await again.core.call(contract.workspace.session, {}, SYSTEM)
    expect(people.map(person => person.name)).toEqual(['Ada'])
  })

  it('restores into an empty folder', async () => {
    const workspace = await open()
    await create(workspace)
    const backup = await backUp(workspace, join(root, 'backups'))
    const elsewhere = workspacePaths(join(root, 'elsewhere'))
    expect(restoreBackup(elsewhere, await verifyBackup(backup.path, secret, services), 'now')).toBeUndefined()
    expect(await nameOf(await open(elsewhere))).toBe('Acme')
  })

  it('finishes a restore that was cut off anywhere', async () => {
    const workspace = await open()
    await create(workspace, 'Old')
    const backup = await backUp(workspace, join(root, 'backups'))
    await close(workspace)
    const verified = await verifyBackup(backup.path, secret, services)
    // The state right after the point of no return, and after each later step.
    for (const step of ['nothing moved', 'wal moved', 'database moved', 'database replaced'] as const) {
      rmSync(paths.dir, { recursive: true, force: true })
      const fresh = await open()
      await create(fresh, 'Replaced')
      await close(fresh)
      const aside = join(paths.aside, 'interrupted')
      for (const [file, target] of [
        ['workspace.db', paths.database],
        ['workspace.keys.json', paths.keys],
      ] as const)
        copyFileSync(join(verified.dir, file), `${target}.restoring`)
      writeFileSync(join(paths.dir, 'restoring'), aside)
      if (step === 'wal moved') writeFileSync(`${paths.database}-wal`, '')
      if (step === 'database moved') rmSync(paths.database)
      if (step === 'database replaced') {
        copyFileSync(`${paths.database}.restoring`, paths.database)
        rmSync(`${paths.database}.restoring`)
      }
      const finished = await open()
      expect(await nameOf(finished), step).toBe('Old')
      expect(existsSync(join(paths.dir, 'restoring'))).toBe(false)
      await close(finished)
    }
  })

  it('refuses a backup with one changed byte, a missing file, or a wrong secret', async () => {
    const workspace = await open()
    await create(workspace)
    const { path } = await backUp(workspace, join(root, 'backups'))
    const verify = (with_: string = PASSPHRASE) =>
      verifyBackup(path, { kind: 'passphrase', passphrase: with_ }, services)
    await expect(verify('not these words at all')).rejects.toThrow(refusal('KEYS_WRONG_SECRET'))
    const bytes = readFileSync(join(path, 'workspace.db'))
    bytes[bytes.length - 100]! ^= 1
    writeFileSync(join(path, 'workspace.db'), bytes)
    await expect(verify()).rejects.toThrow(refusal('BACKUP_DAMAGED'))
    // Also when somebody adjusts the manifest: the pages themselves are authenticated.
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))
    const { digestFile } = await import('#main/host/backup/copy-database.ts')
    manifest.files[0] = { name: 'workspace.db', ...digestFile(join(path, 'workspace.db')) }
    writeFileSync(join(path, 'manifest.json'), JSON.stringify(manifest))
    await expect(verify()).rejects.toThrow(refusal('BACKUP_DAMAGED'))
    rmSync(join(path, 'workspace.keys.json'))
    await expect(verify()).rejects.toThrow(refusal('BACKUP_DAMAGED'))
    await expect(verifyBackup(root, secret, services)).rejects.toThrow(refusal('BACKUP_NOT_ONE'))
  })

  it('leaves nothing behind where it cannot write', async () => {
    const workspace = await open()
    writeFileSync(join(root, 'file'), '')
    await expect(backUp(workspace, join(root, 'file'))).rejects.toThrow(refusal('BACKUP_UNWRITABLE'))
    await expect(backUp(workspace, 'relative')).rejects.toThrow(refusal('BACKUP_UNWRITABLE'))
  })
})

describe('a change of the database key', () => {
  it('is invisible to people, and makes the old key useless', async () => {
    const workspace = await open()
    await create(workspace)
    const old = workspace.ring.key
    await workspace.core.close()
    await workspace.ring.rekey(async (from, to) => rekeyDatabase(paths.database, from, to))
    const key = workspace.ring.key
    await close(workspace)
    expect(Buffer.from(key).equals(old)).toBe(false)
    expect(() => rekeyDatabase(paths.database, old, key)).toThrow()
    expect(await nameOf(await open())).toBe('Acme')
  })

  it('is settled at the next opening when it was cut off before or after the database was replaced', async () => {
    for (const replaced of [false, true]) {
      rmSync(paths.dir, { recursive: true, force: true })
      const workspace = await open()
      await create(workspace)
      await workspace.core.close()
      let during = ''
      const rekeyed = workspace.ring.rekey(async (from, to) => {
        during = readFileSync(paths.keys, 'utf8')
        if (replaced) rekeyDatabase(paths.database, from, to)
        else throw new Error('killed')
      })
      await rekeyed.catch(() => {})
      await close(workspace)
      writeFileSync(paths.keys, during)
      const again = await open()
      expect(await nameOf(again)).toBe('Acme')
      expect(again.ring.next).toBeUndefined()
      await close(again)
      expect(await nameOf(await open())).toBe('Acme')
      for (const one of [...opened]) await close(one)
    }
  })
})
