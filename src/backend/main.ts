import { backupCommand, restoreCommand, verifyCommand } from './backup/commands.ts'
import type { CommandContext } from './command-context.ts'
import { readConfig } from './config.ts'
import { firstAdminCommand } from './identity/first-admin.ts'
import { startBackend } from './start-backend.ts'
import { createLog } from './telemetry/log.ts'

export interface MainOptions {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** The folder of the built interface. */
  readonly rendererDir: string
}

const HELP = `npm run backend -- [command]

Without a command it serves until it is stopped (docs/backend.md lists the environment's variables).

  backup --to <folder>      writes all workspaces into a new folder there; beside a running server too
  restore --from <archive>  puts an archive into an empty database, in one piece; no server may run on it
  verify [--from <archive>] reads an archive through, or walks the command logs of the database
  first-admin [--another]   a new link for the first admin, or for that of a further workspace
`

type Command = (context: CommandContext, args: readonly string[]) => Promise<number>
const COMMANDS = {
  backup: backupCommand,
  restore: restoreCommand,
  verify: verifyCommand,
  'first-admin': firstAdminCommand,
} as const satisfies Record<string, Command>

/** `npm run backend`. Resolves to the exit code. */
export async function main(options: MainOptions): Promise<number> {
  const [name, ...args] = options.args
  try {
    if (name === undefined) return await serve(options)
    if (Object.hasOwn(COMMANDS, name))
      return await run(COMMANDS[name as keyof typeof COMMANDS], args, options)
    console.error(HELP)
    return name === '--help' || name === '-h' ? 0 : 2
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}

async function serve({ environment, version, rendererDir }: MainOptions): Promise<number> {
  const backend = await startBackend(readConfig(environment), { environment, version, rendererDir })
  console.error(`Quarterdeck's backend listens on ${backend.url}`)
  if (backend.firstAdmin)
    console.error(`The first admin makes the workspace here, once: ${backend.firstAdmin}`)
  const told = new Promise<null>(stop => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(null))
  })
  const lost = await Promise.race([told, backend.lost])
  if (lost) console.error(lost.message)
  await backend.close()
  return lost ? 1 : 0
}

function run(
  command: Command,
  args: readonly string[],
  { environment, version }: MainOptions,
): Promise<number> {
  return command(
    {
      config: readConfig(environment),
      version,
      environment,
      log: createLog(line => process.stderr.write(line), Date.now),
      say: line => console.log(line),
    },
    args,
  )
}
