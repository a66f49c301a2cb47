import { resolve } from 'node:path'
import type { Command } from 'commander'
import { takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { refuse } from '#shared/errors.ts'
import { readManifest } from '../../backup/manifest.ts'
import { restoreBackup, type VerifiedBackup, verifyBackup } from '../../backup/restore.ts'
import { listSlots } from '../../keys/key-ring.ts'
import { isoNow } from '../../open-workspace.ts'
import { readOwnerRecord } from '../../owner/owner-record.ts'
import { ensureFolders, resolveWorkspace, workspacePaths } from '../../workspace/layout.ts'
import { ownAccountUnlocker } from '../../workspace/own-account-unlocker.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { bytes } from '../format.ts'
import { terminalOf } from '../io.ts'

export function backupCommands(program: Command, context: CliContext): void {
  program
    .command('backup')
    .description('Make a consistent copy of database and key slots, while people work.')
    .argument('[folder]', "where its own folder is made (default: 'backups' beside the workspace)")
    .addHelpText(
      'after',
      '\nA backup opens with the passphrase, key file or recovery key of the workspace: keep one of them elsewhere.',
    )
    .action((folder: string | undefined, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const directory = resolve(context.io.cwd(), folder ?? `${session.workspaceDir}-backups`)
        const made = await (await session.acting()).host.backup({ directory })
        print(
          context,
          optionsOf(command).json,
          made,
          () => `${made.path} (${bytes(made.bytes)}, version ${made.version})`,
        )
      }),
    )
  program
    .command('restore')
    .description(
      'Put a backup in the place of the workspace, after reading it through. What was there is kept aside.',
    )
    .argument('<backup>', 'the folder of the backup')
    .option('--check', 'only read the backup through')
    .addHelpText(
      'after',
      '\nExamples:\n  quarterdeck restore --check backups/acme-20261121T060000Z\n  quarterdeck restore backups/acme-20261121T060000Z --workspace acme',
    )
    .action(async (backup: string, _, command: Command) => {
      const { json, quiet, check, ...options } = optionsOf<{ check?: boolean }>(command)
      const dir = resolve(context.io.cwd(), backup)
      readManifest(dir)
      const verified = await verify(context, command, dir)
      const facts = {
        backup: dir,
        name: verified.manifest.name,
        at: verified.manifest.at,
        version: verified.version,
      }
      if (check) {
        print(
          context,
          json,
          facts,
          () => `${dir} is whole: ${facts.name}, of ${facts.at}, version ${facts.version}.`,
        )
        return
      }
      const workspaceDir = resolveWorkspace(options.workspace ?? context.io.env.QUARTERDECK_WORKSPACE)
      const paths = workspacePaths(workspaceDir)
      ensureFolders(paths)
      const lock = takeExclusiveLock(paths.lock)
      if (!lock) {
        const owner = readOwnerRecord(paths.owner)
        throw refuse(
          'OWNER_ELSEWHERE',
          { dir: workspaceDir },
          `The workspace is open${owner ? ` in the ${owner.host} (process ${owner.pid})` : ' elsewhere'}. Close it there first.`,
        )
      }
      try {
        const aside = restoreBackup(paths, verified, isoNow())
        if (aside) note(context, quiet, `What was there is in ${aside}.`)
        print(
          context,
          json,
          { ...facts, workspaceDir, aside: aside ?? null },
          () => `${facts.name} of ${facts.at} is restored to ${workspaceDir}.`,
        )
      } finally {
        lock.release()
      }
    })
}

/** Reads a backup through, trying what this account has and asking for the rest. */
async function verify({ io, services }: CliContext, command: Command, dir: string): Promise<VerifiedBackup> {
  const { keyFile, passphraseFile, recoveryKey, quiet, workspace } = optionsOf(command)
  const slots = listSlots(`${dir}/workspace.keys.json`)
  const unlocker = ownAccountUnlocker({
    dir: resolveWorkspace(workspace ?? io.env.QUARTERDECK_WORKSPACE),
    keyFile: keyFile ?? io.env.QUARTERDECK_KEY_FILE,
    passphraseFile: passphraseFile ?? io.env.QUARTERDECK_PASSPHRASE_FILE,
    recovery: recoveryKey ?? false,
    keychain: services.keychain,
    terminal: terminalOf(io),
    notice: text => {
      if (!quiet) io.stderr.write(`${text}\n`)
    },
  })
  let problem: Parameters<typeof unlocker.secret>[1]
  for (;;) {
    const secret = await unlocker.secret(slots, problem)
    try {
      return await verifyBackup(dir, secret, { now: isoNow, keychain: services.keychain })
    } catch (error) {
      const { code } = error as { code?: string }
      if (!code?.startsWith('KEYS_') || code.startsWith('KEYS_FILE_')) throw error
      problem = error as NonNullable<typeof problem>
    }
  }
}
