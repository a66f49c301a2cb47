import { existsSync, readFileSync } from 'node:fs'
import { KEY_FILE_NOTICE } from '#serving/files/key-file.ts'
import { type Refusal, refuse } from '#shared/errors.ts'
import type { Keychain } from '#shared/host-entries.ts'
import type { SlotInfo } from '../keys/key-ring.ts'
import { ask, isInteractive, type Terminal } from '../keys/passphrase-prompt.ts'
import type { NewSlot, UnlockSecret } from '../keys/slots.ts'
import { defaultKeyFile } from './layout.ts'
import type { Unlocker } from './unlock.ts'

export interface OwnAccountOptions {
  readonly dir: string
  /** `--key-file` or QUARTERDECK_KEY_FILE: this file and no other. */
  readonly keyFile?: string | undefined
  /** `--passphrase-file` or QUARTERDECK_PASSPHRASE_FILE: the first line of it; `-` is standard input. */
  readonly passphraseFile?: string | undefined
  /** `--recovery-key`: opens with the recovery key, asked for on the terminal or read from standard input. */
  readonly recovery?: boolean
  readonly keychain?: Keychain | undefined
  /** Where a person can be asked; absent where nobody is. */
  readonly terminal?: Terminal | undefined
  /** Is told what a person should know, such as what a key file does not protect against. */
  readonly notice: (text: string) => void
}

/**
 * How the browser host and the command line unlock: with what was named, else with the keychain where there is
 * one, else with the key files that the slots name, else by asking for the passphrase. A workspace that is made
 * gets the passphrase that was named, else a slot of the keychain, else a key file, and the person is told what
 * that is worth.
 */
export function ownAccountUnlocker(options: OwnAccountOptions): Unlocker {
  const { keyFile, passphraseFile, recovery, keychain, terminal, notice } = options
  const tried = new Set<string>()
  const once = (name: string): boolean => {
    if (tried.has(name)) return false
    tried.add(name)
    return true
  }
  const canAsk = terminal !== undefined && isInteractive(terminal)

  /** What was named on the command line is tried once; its failure is the failure. */
  function named(problem: Refusal | undefined, make: () => UnlockSecret): UnlockSecret {
    if (problem) throw problem
    return make()
  }

  return {
    async secret(slots, problem): Promise<UnlockSecret> {
      if (recovery) {
        if (problem && !canAsk) throw problem
        if (problem) notice(problem.message)
        const recoveryKey = canAsk ? await ask(terminal, 'Recovery key: ', false) : readSecret('-')
        return { kind: 'recovery', recoveryKey }
      }
      if (keyFile !== undefined) return named(problem, () => ({ kind: 'key-file', path: keyFile }))
      if (passphraseFile !== undefined)
        return named(problem, () => ({ kind: 'passphrase', passphrase: readSecret(passphraseFile) }))
      if (keychain && hasSlot(slots, 'keychain') && once('keychain') && (await keychain.state()).available)
        return { kind: 'keychain' }
      for (const path of keyFilesOf(slots, options.dir))
        if (existsSync(path) && once(path)) return { kind: 'key-file', path }
      if (hasSlot(slots, 'passphrase') && canAsk) {
        if (problem?.code === 'KEYS_WRONG_SECRET') notice('That was not the passphrase.')
        return { kind: 'passphrase', passphrase: await ask(terminal, 'Passphrase of the workspace: ', true) }
      }
      throw problem ?? noWayIn(slots)
    },

    async create(problem): Promise<NewSlot> {
      if (problem) throw problem
      if (passphraseFile !== undefined) return { kind: 'passphrase', passphrase: readSecret(passphraseFile) }
      if (keyFile === undefined && keychain && (await keychain.state()).available) return { kind: 'keychain' }
      const path = keyFile ?? defaultKeyFile(options.dir)
      notice(`The database is encrypted; its key is in ${path}. ${KEY_FILE_NOTICE}`)
      return { kind: 'key-file', path }
    },
  }
}

function hasSlot(slots: readonly SlotInfo[], kind: SlotInfo['kind']): boolean {
  return slots.some(slot => slot.kind === kind)
}

/** The label of a key file's slot is where it was made; the workspace may have moved since. */
function keyFilesOf(slots: readonly SlotInfo[], dir: string): string[] {
  const named = slots.filter(slot => slot.kind === 'key-file').map(slot => slot.label)
  return named.length === 0 ? [] : [...new Set([...named, defaultKeyFile(dir)])]
}

/** The first line of a file, or of standard input. */
function readSecret(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').split(/\r?\n/, 1)[0] ?? ''
  } catch {
    throw refuse('KEYS_SECRET_UNREADABLE', { path }, `The file ${path} cannot be read.`)
  }
}

function noWayIn(slots: readonly SlotInfo[]): Refusal {
  const kinds = [...new Set(slots.map(slot => slot.kind))]
  const ways = kinds.map(
    kind =>
      ({
        passphrase: 'with its passphrase (on a terminal, or --passphrase-file)',
        'key-file': 'with its key file (--key-file), which is not where it was',
        keychain: 'in the desktop application, with the keychain of this account',
        recovery: 'with its recovery key (--recovery-key)',
      })[kind],
  )
  return refuse('KEYS_NEEDED', { kinds }, `The workspace is locked. It opens ${ways.join(', or ')}.`)
}
