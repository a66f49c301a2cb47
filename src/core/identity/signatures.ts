import { answer, serve } from '#core/runtime/handlers.ts'
import type { SignatureProblem } from '#shared/contract/access/devices.ts'
import { access } from '#shared/contract/access.ts'
import { digestOf, type Id } from '#shared/ids.ts'
import { keyIdOf } from '../log/ed25519.ts'
import { type CommandSignature, readText, signedText } from './command-signature.ts'

const leaves = access.devices.signatures
const PAGE = 200

/** One page of what is kept, in the order of the commands' ids. */
export const signaturePage = answer(leaves.page, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('command_signatures as kept')
    .leftJoin('command_log as log', 'log.id', 'kept.command_id')
    .select([
      'kept.command_id as commandId',
      'kept.key_id as keyId',
      'kept.public_key as publicKey',
      'kept.text',
      'kept.signature',
      'log.command',
      'log.command_version as version',
      'log.actor',
      'log.device',
      'log.at',
      'log.input',
    ])
    .where('kept.command_id', '>', input.after)
    .orderBy('kept.command_id')
    .limit(PAGE)
    .execute()
  return {
    signatures: rows.map(({ commandId, keyId, publicKey, text, signature, ...log }) => ({
      ...{ commandId, keyId, publicKey, text, signature },
      logged:
        log.command === null
          ? null
          : {
              command: log.command,
              version: log.version!,
              actor: log.actor,
              device: log.device!,
              at: log.at!,
              input: log.input!,
            },
    })),
    more: rows.length === PAGE,
  }
})

/**
 * Checks all that is kept: the key has its id, it signed this very text, and the text names the command that
 * the log has. Together with `workspace.log.verify` it shows that no vote was altered or put into the log.
 */
export const verifySignatures = serve(leaves.verify, async ({ run, read, now }) => {
  const { workspace, keys } = await read(async reader => ({
    workspace: reader.workspace,
    keys: new Set(
      [
        ...(await reader.db.selectFrom('devices').select('public_key').execute()),
        ...(await reader.db.selectFrom('person_keys').select('public_key').execute()),
      ].map(row => row.public_key),
    ),
  }))
  const problems: SignatureProblem[] = []
  let checked = 0n
  let after = ''
  for (let more = true; more; ) {
    const page = await run(leaves.page, { after })
    for (const one of page.signatures) {
      const publicKey = new Uint8Array(Buffer.from(one.publicKey, 'hex'))
      const kind = await problemOf({ ...one, publicKey, workspace, known: keys.has(one.publicKey) })
      if (kind) problems.push({ commandId: one.commandId, kind })
      checked++
    }
    after = page.signatures.at(-1)?.commandId ?? after
    more = page.more
  }
  return { checked, problems, checkedAt: now }
})

interface Kept extends CommandSignature {
  readonly workspace: Id
  readonly commandId: Id
  readonly publicKey: Uint8Array
  /** A device or a person of the workspace has this key. */
  readonly known: boolean
  readonly logged: {
    readonly command: string
    readonly version: bigint
    readonly actor: string | null
    readonly device: string
    readonly at: bigint
    readonly input: string
  } | null
}

async function problemOf(kept: Kept): Promise<SignatureProblem['kind'] | null> {
  if (!kept.known || keyIdOf(kept.publicKey) !== kept.keyId) return 'key'
  if (!(await signedText(kept.publicKey, kept))) return 'signature'
  const said = readText(kept.text)
  if (!said) return 'text'
  if (said.workspace !== kept.workspace || said.commandId !== kept.commandId) return 'altered'
  const { logged } = kept
  if (!logged) return 'log'
  const { actor, device, at, command } = said
  const same =
    command === logged.command && actor === logged.actor && device === logged.device && at === logged.at
  // A secret input is not in the log, and one of an earlier version was brought up to date: the device's digest
  // is of what it sent.
  const comparable = said.version === logged.version && !logged.input.includes('"•"')
  return same && (!comparable || said.inputDigest === digestOf(logged.input)) ? null : 'altered'
}
