import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeFile } from '#backend/backup/archive-files.ts'
import { backUp } from '#backend/backup/back-up.ts'
import { backupCommand, restoreCommand, verifyCommand } from '#backend/backup/commands.ts'
import { fileOf, manifestPath, manifestText, readManifest } from '#backend/backup/manifest.ts'
import { verifyArchive } from '#backend/backup/verify-archive.ts'
import type { CommandContext } from '#backend/command-context.ts'
import type { BackendConfig } from '#backend/config.ts'
import { openDatabase } from '#backend/database/open-database.ts'
import type { Core } from '#core/create-core.ts'
import { archivedTables, archiveLines, confineTo, inSnapshot } from '#core/database/archive-rows.ts'
import { migrations } from '#core/database/migrate.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { newCompany, postgresAnswers, testBackend, testConfig, testPostgres } from '#test/kit/backend-kit.ts'
import { PATIENTLY } from '#test/kit/core-kit.ts'

/*
 * The drill: a server that people write to is backed up, its database is lost, the archive is restored into another
 * one, and what is there is compared with what was.
 */

const ONE = '00000000-0000-7000-8000-00000000000a'
const TWO = '00000000-0000-7000-8000-00000000000b'
const available = await postgresAnswers()

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'quarterdeck-archive-'))
  undo.push(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A context for the commands, and what they said. */
function context(config: BackendConfig) {
  const said: string[] = []
  const made: CommandContext = {
    config,
    version: '1.2.3',
    environment: {},
    log: () => {},
    say: line => void said.push(line),
  }
  return { ...made, said }
}

async function write(core: Core, admin: Caller, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++)
    await core.call(
      contract.workspace.views.save,
      {
        page: 'finops.costs',
        name: `Größe ${i} "\\ 🧾`,
        address: `/finops/costs?q=${i}`,
        shared: i % 2 === 0,
      },
      admin,
    )
}

/** All rows of a database by workspace and table, in an order of their own. */
async function contents(config: BackendConfig): Promise<Record<string, string[]>> {
  const database = await openDatabase(config, { log: () => {}, migrations: 'none' })
  try {
    return await inSnapshot(database.source, async execute => {
      const all: Record<string, string[]> = {}
      for (const workspace of [ONE, TWO]) {
        await confineTo(execute, workspace)
        for (const table of archivedTables()) {
          const lines: string[] = []
          for await (const portion of archiveLines(execute, table)) lines.push(...portion)
          if (lines.length > 0) all[`${workspace} ${table.name}`] = lines.sort()
        }
      }
      return all
    })
  } finally {
    await database.close()
  }
}

type Kind = 'pglite' | 'postgres'

async function configOf(kind: Kind): Promise<BackendConfig> {
  if (kind === 'pglite') return testConfig()
  const database = await testPostgres()
  undo.push(database.drop)
  return testConfig({ databaseUrl: database.url })
}

async function archiveOf(to: string): Promise<string> {
  const [name] = readdirSync(to)
  return join(to, name!)
}

const PAIRS: [Kind, Kind][] = [
  ['pglite', 'postgres'],
  ['postgres', 'pglite'],
]

describe.skipIf(!available)('a drill', () => {
  it.each(PAIRS)('from %s to %s: everything up to the snapshot is there, nothing half', async (from, to) => {
    const config = await configOf(from)
    const backend = await testBackend(config)
    undo.push(backend.remove)
    const one = await newCompany(backend, ONE)
    const two = await newCompany(backend, TWO)
    await write(one.core, one.admin, 0, 40)
    await write(two.core, two.admin, 0, 5)

    // People write on while the backup is made.
    const dir = folder()
    const given = context(backend.config)
    let stop = false
    let written = 40
    const writing = (async () => {
      while (!stop) await write(one.core, one.admin, written++, 1)
    })()
    await expect.poll(() => written, PATIENTLY).toBeGreaterThan(45)
    const before = written
    const began = performance.now()
    expect(await backupCommand(given, ['--to', dir])).toBe(0)
    const took = performance.now() - began
    const during = written
    stop = true
    await writing
    await backend.close()

    const archive = await archiveOf(dir)
    expect(given.said).toEqual([
      expect.stringMatching(/^.*quarterdeck-\d{8}T\d{6}Z: 2 workspaces, [\d,]+ rows/),
    ])
    const target = await configOf(to)
    undo.push(() => rmSync(target.home, { recursive: true, force: true }))
    const restoring = context(target)
    const again = performance.now()
    expect(await restoreCommand(restoring, ['--from', archive])).toBe(0)
    const restored = performance.now() - again
    expect(restoring.said.slice(0, 2)).toEqual([
      expect.stringMatching(/^The archive of .* is whole\.$/),
      expect.stringMatching(/^2 workspaces restored as of /),
    ])
    expect(restoring.said.slice(2)).toEqual([
      expect.stringMatching(new RegExp(`^${ONE}: \\d+ entries and \\d+ signed ends? are in order\\.$`)),
      expect.stringMatching(new RegExp(`^${TWO}: \\d+ entries and \\d+ signed ends? are in order\\.$`)),
    ])

    const [source, copy] = [await contents(backend.config), await contents(target)]
    // The second workspace rested: it is the same to the last byte, but for what the server does while it runs.
    const running = ['log_heads', 'leases']
    const of = (all: Record<string, string[]>, id: string) =>
      Object.fromEntries(
        Object.entries(all).filter(
          ([name]) => name.startsWith(id) && !running.some(table => name.endsWith(` ${table}`)),
        ),
      )
    expect(of(copy, TWO)).toEqual(of(source, TWO))
    // The first was written to: what was there before the backup is there, and no row that was not.
    const views = copy[`${ONE} views`]!
    const log = copy[`${ONE} command_log`]!
    expect(views.length).toBeGreaterThanOrEqual(before)
    expect(log).toEqual(source[`${ONE} command_log`]!.filter(line => log.includes(line)))
    expect(views).toEqual(source[`${ONE} views`]!.filter(line => views.includes(line)))
    expect(log).toHaveLength(views.length + 1)
    // What a new workspace is given, which is the same for both, and what was written to it since.
    const begunWith = copy[`${TWO} changes`]!.length - copy[`${TWO} views`]!.length
    expect(begunWith).toBeGreaterThan(0)
    expect(copy[`${ONE} changes`]!.length).toBe(views.length + begunWith)
    const lost = source[`${ONE} views`]!.length - views.length
    console.info(
      `drill ${from} → ${to}: backup ${Math.round(took)} ms with ${during - before} writes meanwhile; ` +
        `restore and verification ${Math.round(restored)} ms; ${lost} commands given after the snapshot are not in it`,
    )

    // People go on where the archive ended.
    const next = await testBackend(target)
    undo.push(next.remove)
    const core = await next.workspaces.open(ONE)
    await write(core, one.admin, 10_000, 1)
    const found = await core.call(
      contract.workspace.search.rows,
      { entity: 'view', text: 'Größe 7' },
      one.admin,
    )
    expect(found.ids.length).toBeGreaterThan(0)
  })
})

describe('a backup', () => {
  let config: BackendConfig
  let made: string
  beforeAll(async () => {
    const backend = await testBackend()
    config = backend.config
    const { core, admin } = await newCompany(backend, ONE)
    await write(core, admin, 0, 30)
    await backend.close()
    const to = join(config.home, 'archives')
    await backupCommand(context(config), ['--to', to])
    made = await archiveOf(to)
  })
  afterAll(() => rmSync(config.home, { recursive: true, force: true }))

  /** A copy of the archive of that server, to be damaged. */
  function copied(): string {
    const dir = folder()
    cpSync(made, dir, { recursive: true })
    return dir
  }

  it('of a database at rest is made by the command itself, and its logs can be verified there', async () => {
    expect((await verifyArchive(made)).workspaces.map(({ id }) => id)).toEqual([ONE])
    const given = context(config)
    expect(await verifyCommand(given, [])).toBe(0)
    expect(given.said).toEqual([expect.stringMatching(/: 31 entries and \d+ signed ends? are in order\.$/)])
  })

  it('that is damaged is refused with the place, and nothing of it is restored', async () => {
    const archive = copied()
    const target = await testConfig()
    undo.push(() => rmSync(target.home, { recursive: true, force: true }))
    const path = join(archive, fileOf(ONE, 'views'))
    const whole = readFileSync(path)
    const refused = (reason: string | RegExp) =>
      expect(restoreCommand(context(target), ['--from', archive])).rejects.toThrow(reason)

    const flipped = Buffer.from(whole)
    flipped[flipped.length - 6]! ^= 1
    writeFileSync(path, flipped)
    await refused(
      new RegExp(`workspaces/${ONE}/views.jsonl.zst is not what was written( \\(.*row \\d+.*\\))?\\.`),
    )
    writeFileSync(path, whole.subarray(0, whole.length - 10))
    await refused(`views.jsonl.zst has ${whole.length - 10} bytes, and was written with ${whole.length}.`)
    rmSync(path)
    await refused('views.jsonl.zst is missing.')
    writeFileSync(path, whole)

    const manifest = readFileSync(manifestPath(archive), 'utf8')
    writeFileSync(manifestPath(archive), manifest.replace('"rows": 30', '"rows": 31'))
    await refused('manifest.json is not what was written')
    rmSync(manifestPath(archive))
    await refused('has no manifest.json: it is no archive, or one that was not finished.')
    // Nothing was opened for any of them.
    expect(existsSync(join(target.home, 'data.lock'))).toBe(false)
  })

  it('whose log was altered is refused, although its digests were made to fit', async () => {
    const archive = copied()
    const manifest = readManifest(archive)
    const [workspace] = manifest.workspaces
    const shorter = {
      ...manifest,
      workspaces: [{ ...workspace!, log: { version: '3', hash: 'a'.repeat(64) } }],
    }
    writeFileSync(manifestPath(archive), manifestText(shorter))
    await expect(verifyArchive(archive)).rejects.toThrow(
      'command_log.jsonl.zst does not end where the manifest says.',
    )
  })

  it('is not restored over a workspace that is there, and not by a program that does not know it', async () => {
    const archive = copied()
    await expect(restoreCommand(context(config), ['--from', archive])).rejects.toThrow(
      `The workspace ${ONE} is in this database already.`,
    )
    const manifest = readManifest(archive)
    const later = { ...manifest, migrations: [...manifest.migrations, '9999-later'] }
    writeFileSync(manifestPath(archive), manifestText(later))
    await expect(restoreCommand(context(config), ['--from', archive])).rejects.toThrow(
      'The archive was made by another version of Quarterdeck (1.2.3, 9999-later)',
    )
  })

  it('for which the disk has no room leaves nothing behind, and says so', async () => {
    const to = folder()
    const database = await openDatabase(config, { log: () => {}, migrations: 'none' })
    undo.push(database.close)
    let files = 0
    const full = backUp({
      source: database.source,
      to,
      madeBy: '1',
      migrations: migrations.map(one => one.name),
      logKeys: [],
      now: () => new Date(),
      makeFile(path) {
        if (++files < 20) return makeFile(path)
        return new Writable({
          write: (_, __, done) => done(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })),
        })
      },
    })
    await expect(full).rejects.toThrow(
      `No backup was made in ${to}: there is no room left on its disk. What had been written is removed.`,
    )
    expect(readdirSync(to)).toEqual([])
  })
})
