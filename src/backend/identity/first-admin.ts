import { parseArgs } from 'node:util'
import { parseEnvironment } from '#shared/settings.ts'
import type { CommandContext } from '../command-context.ts'
import { askServer } from '../control.ts'
import { type Database, FolderInUse, openDatabase } from '../database/open-database.ts'
import { openWorkspaces } from '../workspaces/open-workspaces.ts'
import { createServerFiles } from '../workspaces/server-files.ts'
import { serverServices } from '../workspaces/server-services.ts'
import { openIdentity } from './open-identity.ts'

/**
 * `first-admin [--another]`: a new link by which the first admin makes the workspace, or that of a further one; beside
 * a running server too. Of several links for the first workspace only one can make it.
 */
export async function firstAdminCommand(context: CommandContext, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { another: { type: 'boolean', default: false } } })
  const made = await makeLink(context, values.another)
  if (made === null) {
    context.say('There is a workspace already. --another makes a link for the first admin of a further one.')
    return 1
  }
  context.say(`The first admin makes the workspace here, once, within a day: ${made.url}`)
  return 0
}

async function makeLink(context: CommandContext, another: boolean): Promise<{ url: string } | null> {
  const { config, log } = context
  let database: Database
  try {
    database = await openDatabase(config, { log, migrations: 'none' })
  } catch (error) {
    if (error instanceof FolderInUse) return askServer(config.home, 'firstAdmin', { another })
    throw error
  }
  try {
    return await linkOf(context, database, another)
  } finally {
    await database.close()
  }
}

async function linkOf(
  { config, log, version, environment }: CommandContext,
  database: Database,
  another: boolean,
): Promise<{ url: string } | null> {
  const files = createServerFiles(config.home)
  const workspaces = openWorkspaces({
    database,
    log,
    background: false,
    services: workspace =>
      serverServices({
        ...{ workspace, home: config.home, files: files.staged(workspace), version },
        environment: parseEnvironment(environment),
      }),
  })
  const identity = openIdentity({ config, source: database.source, workspaces, log })
  try {
    const link = await identity.firstAdmin(another)
    const at = config.publicUrl ?? `http://${config.host}:${config.port}`
    return link && { url: at + link.path }
  } finally {
    identity.close()
    await workspaces.close()
  }
}
