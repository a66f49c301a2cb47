import { type Command, Option } from 'commander'
import type { Client } from '#serving/client.ts'
import { KEY_FILE_NOTICE } from '#serving/files/key-file.ts'
import type { KeySlot } from '#shared/contract/workspace/keys.ts'
import { refuse } from '#shared/errors.ts'
import { resealDeviceKey } from '../../identity/device-key.ts'
import { ask, isInteractive } from '../../keys/passphrase-prompt.ts'
import { rekeyDatabase } from '../../keys/rekey-database.ts'
import { deviceKeyPath } from '../../workspace/layout.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { table, terminalOf } from '../io.ts'

export function keysCommands(program: Command, context: CliContext): void {
  const keys = program
    .command('keys')
    .description('The ways to unlock the workspace: key slots beside its encrypted database.')
    .addHelpText('after', `\n${KEY_FILE_NOTICE}`)
  keys
    .command('list', { isDefault: true })
    .description('List the slots.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const found = await (await session.acting()).workspace.keys.list({})
        print(context, optionsOf(command).json, found, () => shownSlots(found.slots, found.recovery))
      }),
    )
  keys
    .command('add')
    .description('Add a way to unlock.')
    .addOption(
      new Option('--kind <kind>', 'what kind')
        .choices(['passphrase', 'key-file', 'keychain'])
        .makeOptionMandatory(),
    )
    .option(
      '--new-passphrase-file <file>',
      'the passphrase is the first line of this file (- is standard input)',
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, kind, newPassphraseFile } = optionsOf<{ kind: string; newPassphraseFile?: string }>(
          command,
        )
        const { keys: slots } = (await session.acting()).workspace
        const slot =
          kind === 'passphrase'
            ? await slots.addPassphrase({ passphrase: await newPassphrase(context, newPassphraseFile) })
            : kind === 'keychain'
              ? await slots.addKeychain({})
              : await slots.addKeyFile({})
        if (kind === 'key-file') note(context, optionsOf(command).quiet, KEY_FILE_NOTICE)
        print(context, json, slot, () => `Added: ${slot.kind} (${slot.label}).`)
      }),
    )
  keys
    .command('remove')
    .description(
      'Remove one, never the last. Who copied the slot file before can still use it: rekey ends that.',
    )
    .argument('<slot>', 'its id')
    .action((slotId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const left = await (await session.acting()).workspace.keys.removeSlot({ slotId })
        print(context, optionsOf(command).json, left, () => shownSlots(left.slots, left.recovery))
      }),
    )
  keys
    .command('recovery')
    .description('Make a recovery key, show it once, and have it typed again.')
    .option('--confirm <key>', 'confirm the recovery key that was made before')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => recovery(context, command, await session.acting())),
    )
  keys
    .command('rekey')
    .description(
      'Encrypt the database with a new key. Every slot keeps working; removed ones are shut out for good.',
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const owned = await session.membership.owned()
        if (!owned)
          throw refuse(
            'OWNER_ELSEWHERE',
            {},
            'The workspace is open elsewhere. Close it there to change its key.',
          )
        // Whoever may list the slots may do this: the same permission.
        await (await session.acting()).workspace.keys.list({})
        await owned.core.close()
        await owned.ring.rekey(async (from, to) => {
          const { workspace } = owned.ring
          resealDeviceKey(deviceKeyPath(workspace), { workspace, key: from }, to)
          rekeyDatabase(owned.paths.database, from, to)
        })
        owned.log('info', 'the database has a new key')
        print(context, optionsOf(command).json, { rekeyed: true }, () => 'The database has a new key.')
      }),
    )
}

function shownSlots(slots: readonly KeySlot[], recovery: string): string {
  const rows = table(slots, [
    { title: 'SLOT', value: slot => slot.id },
    { title: 'KIND', value: slot => slot.kind },
    { title: 'WHERE', value: slot => slot.label },
    { title: 'MADE', value: slot => slot.createdAt.slice(0, 10) },
    {
      title: 'CONFIRMED',
      value: slot => (slot.kind === 'recovery' ? (slot.confirmedAt?.slice(0, 10) ?? 'no') : ''),
    },
  ])
  return `${rows}\n\nRecovery key: ${recovery}.`
}

async function newPassphrase({ io }: CliContext, file: string | undefined): Promise<string> {
  if (file !== undefined) {
    const { readFileSync } = await import('node:fs')
    return readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/, 1)[0] ?? ''
  }
  const terminal = terminalOf(io)
  if (!isInteractive(terminal))
    throw refuse('USAGE_PASSPHRASE', {}, 'Say where the passphrase is: --new-passphrase-file.')
  const first = await ask(terminal, 'New passphrase: ', true)
  if (first !== (await ask(terminal, 'Once more: ', true)))
    throw refuse('KEYS_PASSPHRASE_DIFFERS', {}, 'These were two different passphrases. Nothing was changed.')
  return first
}

async function recovery(context: CliContext, command: Command, client: Client): Promise<void> {
  const { json, confirm } = optionsOf<{ confirm?: string }>(command)
  if (confirm !== undefined) {
    const slot = await client.workspace.keys.confirmRecoveryKey({ recoveryKey: confirm })
    print(context, json, slot, () => 'The recovery key is confirmed.')
    return
  }
  const { recoveryKey, slot } = await client.workspace.keys.makeRecoveryKey({})
  const terminal = terminalOf(context.io)
  if (json || !isInteractive(terminal)) {
    print(context, json, { recoveryKey, slot }, () => recoveryKey)
    note(
      context,
      false,
      'Write it down and keep it apart from this machine; it is not shown again. Then: quarterdeck keys recovery --confirm <key>',
    )
    return
  }
  context.io.stdout.write(`\n  ${recoveryKey}\n\n`)
  note(
    context,
    false,
    'Write it down and keep it apart from this machine. It opens the workspace when everything else is lost, and is not shown again.',
  )
  for (let tries = 0; ; tries++) {
    const typed = await ask(terminal, 'Type it again: ', false)
    try {
      await client.workspace.keys.confirmRecoveryKey({ recoveryKey: typed })
      note(context, false, 'Confirmed.')
      return
    } catch (error) {
      if (tries >= 4) throw error
      note(context, false, (error as Error).message)
    }
  }
}
