import type { Command } from 'commander'
import type { Setting, SettingValue } from '#shared/contract/workspace/settings.ts'
import { refuse } from '#shared/errors.ts'
import { ask, isInteractive } from '../../keys/passphrase-prompt.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { table, terminalOf } from '../io.ts'

export function settingsCommands(program: Command, context: CliContext): void {
  const settings = program.command('settings').description('Settings, and where each value comes from.')
  settings
    .command('list', { isDefault: true })
    .description('List all of them.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const { settings: list } = await client.workspace.settings.list({})
        print(context, optionsOf(command).json, list, () =>
          table(list, [
            { title: 'SETTING', value: setting => setting.name },
            { title: 'VALUE', value: shownValue },
            {
              title: 'SOURCE',
              value: setting => (setting.source === 'environment' ? `${setting.variable}` : setting.source),
            },
          ]),
        )
      }),
    )
  settings
    .command('set')
    .description(
      'Set one. Lists are comma-separated. A secret is asked for, never given on the command line.',
    )
    .argument('<name>')
    .argument('[value]')
    .addHelpText(
      'after',
      '\nExamples:\n  quarterdeck settings set finops.alertThresholds 80,90,100\n  quarterdeck settings set workspace.zone Europe/Berlin',
    )
    .action((name: string, text: string | undefined, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const known = (await client.workspace.settings.list({})).settings.find(
          setting => setting.name === name,
        )
        if (!known)
          throw refuse(
            'CLI_SETTING_NOT_FOUND',
            { name },
            `There is no setting ${name}. See: quarterdeck settings`,
          )
        const changed = known.secret
          ? await client.workspace.settings.setSecret({
              name,
              value: await secretValue(context, known, text),
            })
          : await client.workspace.settings.set({ name, value: parseValue(known, text) })
        print(
          context,
          optionsOf(command).json,
          changed,
          () => `${changed.name} is now ${shownValue(changed)}.`,
        )
      }),
    )
  settings
    .command('clear')
    .description('Go back to the default.')
    .argument('<name>')
    .action((name: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const changed = await (await session.acting()).workspace.settings.clear({ name })
        print(
          context,
          optionsOf(command).json,
          changed,
          () => `${changed.name} is now ${shownValue(changed)}.`,
        )
      }),
    )
}

function shownValue(setting: Setting): string {
  if (setting.secret) return setting.isSet ? '(set)' : '(none)'
  const { value } = setting
  if (value === null) return '(none)'
  return `${Array.isArray(value) ? value.join(', ') : value}${setting.unit ? ` ${setting.unit}` : ''}`
}

function parseValue(setting: Setting, text: string | undefined): SettingValue {
  if (text === undefined) throw refuse('USAGE_VALUE', {}, `Say what ${setting.name} is to be.`)
  const parts = text.split(',').map(part => part.trim())
  switch (setting.kind) {
    case 'number':
      return Number(text)
    case 'boolean':
      if (text !== 'true' && text !== 'false')
        throw refuse('USAGE_VALUE', {}, `${setting.name} is true or false.`)
      return text === 'true'
    case 'numbers':
      return parts.map(Number)
    case 'texts':
      return parts
    default:
      return text
  }
}

async function secretValue({ io }: CliContext, setting: Setting, text: string | undefined): Promise<string> {
  if (text !== undefined)
    throw refuse(
      'USAGE_SECRET',
      {},
      'A secret is not given on the command line, where other programs can see it.',
    )
  const terminal = terminalOf(io)
  if (isInteractive(terminal)) return ask(terminal, `${setting.name}: `, true)
  const parts: Buffer[] = []
  for await (const part of io.stdin) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8').trim()
}
