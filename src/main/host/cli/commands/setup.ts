import type { Command } from 'commander'
import { refuse } from '#shared/errors.ts'
import { parseEnvironment } from '#shared/settings.ts'
import { listWorkspaces } from '../../workspace/layout.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { table } from '../io.ts'

interface SetupOptions {
  name: string
  currency?: string
  zone: string
  admin: string
}

export function setupCommands(program: Command, context: CliContext): void {
  program
    .command('setup')
    .description('Make a workspace for your company, with its first admin.')
    .requiredOption('--name <company>', 'what the workspace is called')
    .requiredOption('--admin <person>', "the first admin: 'Ada Lovelace <ada@example.com>'")
    .option(
      '--currency <code>',
      'the currency of the workspace (ISO 4217; default: PRICING_DEFAULT_CURRENCY, else USD)',
    )
    .option('--zone <zone>', 'its time zone (IANA)', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .addHelpText(
      'after',
      "\nExample:\n  quarterdeck setup --name 'Acme GmbH' --currency EUR --zone Europe/Berlin --admin 'Ada <ada@acme.example>'",
    )
    .action((_, command: Command) =>
      inWorkspace(
        context,
        command,
        async ({ anonymous }) => {
          const {
            json,
            quiet,
            name,
            zone,
            admin,
            currency = usualCurrency(),
          } = optionsOf<SetupOptions>(command)
          const person = /^\s*(.+?)\s*<([^<>\s]+)>\s*$/.exec(admin)
          if (!person)
            throw refuse('USAGE_ADMIN', {}, "Name the admin like this: 'Ada Lovelace <ada@example.com>'.")
          const made = await anonymous.workspace.setup.begin({
            ...{ name, currency, zone },
            admin: { name: person[1]!, email: person[2]! },
          })
          print(context, json, made, () => `${name} is ready.`)
          note(context, quiet, 'Before real data goes in, make a recovery key: quarterdeck keys recovery')
        },
        true,
      ),
    )
  program
    .command('workspaces')
    .description('List the workspaces in the data folder.')
    .action((_, command: Command) => {
      const found = listWorkspaces()
      print(context, optionsOf(command).json, found, () =>
        found.length === 0
          ? 'There are no workspaces yet.'
          : table(found, [
              { title: 'NAME', value: one => one.name },
              { title: 'FOLDER', value: one => one.dir },
            ]),
      )
    })
}

/** What the environment says of new workspaces. */
function usualCurrency(): string {
  return String(parseEnvironment(process.env)['billing.defaultCurrency'] ?? 'USD')
}
