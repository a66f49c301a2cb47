import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { migrations } from '#core/database/migrate.ts'
import { logKeys, openLogHeads, trustKeys } from '#serving/log-heads.ts'
import { contract } from '#shared/contract/index.ts'
import { parseEnvironment } from '#shared/settings.ts'
import type { CommandContext } from '../command-context.ts'
import { askServer } from '../control.ts'
import { type Database, FolderInUse, openDatabase } from '../database/open-database.ts'
import { openWorkspaces } from '../workspaces/open-workspaces.ts'
import { createServerFiles } from '../workspaces/server-files.ts'
import { serverProofs, serverServices } from '../workspaces/server-services.ts'
import { backUp, type MadeArchive } from './back-up.ts'
import { migrationsOf, restoreArchive } from './restore.ts'
import { verifyArchive } from './verify-archive.ts'

/** Makes an archive of a database that is open. */
export async function archive(
  database: Database,
  to: string,
  context: Pick<CommandContext, 'config' | 'version'>,
) {
  const proofs = serverProofs(context.config.home, '')
  // The key is there from the first workspace on; a server without any makes it here.
  openLogHeads(proofs)
  const reading = await database.forBackup()
  try {
    return await backUp({
      source: reading.source,
      to: resolve(to),
      madeBy: context.version,
      migrations: migrations.map(migration => migration.name),
      logKeys: logKeys(proofs),
      now: () => new Date(),
    })
  } finally {
    await reading.close()
  }
}

/** `backup --to DIR`: beside a running server too. */
export async function backupCommand(context: CommandContext, args: readonly string[]): Promise<number> {
  const { to } = optionsOf(args, 'to')
  const made = await makeBackup(context, to)
  context.say(
    `${made.path}: ${counted(made.workspaces, 'workspace')}, ${counted(made.rows, 'row')}, ${counted(made.bytes, 'byte')}.`,
  )
  return 0
}

async function makeBackup(context: CommandContext, to: string): Promise<MadeArchive> {
  const { config, log } = context
  let database: Database
  try {
    database = await openDatabase(config, { log, migrations: 'none' })
  } catch (error) {
    if (error instanceof FolderInUse) return askServer(config.home, 'backup', { to: resolve(to) })
    throw error
  }
  try {
    return await archive(database, to, context)
  } finally {
    await database.close()
  }
}

/** `restore --from DIR`: into a database that has none of its workspaces. No server may run on it. */
export async function restoreCommand(context: CommandContext, args: readonly string[]): Promise<number> {
  const dir = resolve(optionsOf(args, 'from').from)
  const { config, log, say } = context
  const manifest = await verifyArchive(dir)
  say(`The archive of ${manifest.at} is whole.`)
  const database = await openDatabase(config, { log, migrations: migrationsOf(manifest) })
  try {
    await restoreArchive(dir, manifest, database.source)
    await database.upgrade()
    trustKeys(serverProofs(config.home, ''), manifest.logKeys)
    say(`${counted(manifest.workspaces.length, 'workspace')} restored as of ${manifest.at}.`)
    return await verifyDatabase(context, database)
  } finally {
    await database.close()
  }
}

/** `verify [--from DIR]`: reads an archive through, or walks the command logs of the database. */
export async function verifyCommand(context: CommandContext, args: readonly string[]): Promise<number> {
  const { from } = optionsOf(args)
  if (from !== undefined) {
    const manifest = await verifyArchive(resolve(from))
    const rows = manifest.workspaces.flatMap(({ tables }) => tables).reduce((sum, { rows }) => sum + rows, 0)
    context.say(
      `The archive of ${manifest.at} is whole: ${counted(manifest.workspaces.length, 'workspace')}, ${counted(rows, 'row')}.`,
    )
    return 0
  }
  const database = await openDatabase(context.config, { log: context.log, migrations: 'none' })
  try {
    return await verifyDatabase(context, database)
  } finally {
    await database.close()
  }
}

const SYSTEM = { person: null, device: 'backend', assurance: 'system', system: true } as const

async function verifyDatabase(context: CommandContext, database: Database): Promise<number> {
  const { config, version, log, say } = context
  const environment = parseEnvironment(context.environment)
  const files = createServerFiles(config.home)
  const workspaces = openWorkspaces({
    database,
    log,
    background: false,
    services: workspace =>
      serverServices({ workspace, home: config.home, files: files.staged(workspace), environment, version }),
  })
  let bad = 0
  try {
    for (const id of await workspaces.list()) {
      const core = await workspaces.open(id)
      const { entries, heads, problem } = await core.call(contract.workspace.log.verify, {}, SYSTEM)
      if (problem) bad++
      say(
        problem
          ? `${id}: the log is ${problem.kind} at version ${problem.version}.`
          : `${id}: ${counted(Number(entries), 'entry', 'entries')} and ${counted(Number(heads), 'signed end')} are in order.`,
      )
    }
  } finally {
    await workspaces.close()
  }
  return bad > 0 ? 1 : 0
}

/** @throws Error that says how the command is used */
function optionsOf<const N extends 'to' | 'from'>(args: readonly string[], needed?: N) {
  const { values } = parseArgs({
    args: [...args],
    options: { to: { type: 'string' }, from: { type: 'string' } },
  })
  if (needed && values[needed] === undefined) throw new Error(`Say --${needed} and a folder.`)
  return values as { to?: string; from?: string } & Record<N, string>
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`
}
