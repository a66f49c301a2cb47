import type { Store } from '#core/database/store.ts'
import type { Table } from '#core/database/table.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { verifyCommand } from '../identity/command-signature.ts'
import { storedInput } from '../runtime/checks.ts'
import { type Assurance, type Caller, capabilityOf, type Handler } from '../runtime/handlers.ts'
import { type Barred, type CommandAnswer, loggedInput, type Runner } from '../runtime/runner.ts'
import type { Desk } from './desk.ts'
import { namedRows } from './named-rows.ts'
import type { PushAnswer, PushedCommand } from './protocol.ts'

export interface DecideParts {
  readonly store: Store
  readonly workspace: Id
  readonly commands: ReadonlyMap<string, Handler>
  readonly run: (id: string, input: unknown, caller: Caller) => Promise<CommandAnswer>
  readonly bar: Runner['bar']
  /** Notes a bug and gives the reference under which the log has it. */
  readonly onBug: (error: unknown, commandId: Id) => string
}

interface Refused {
  readonly code: string
  readonly data: unknown
}

/** A command on which this server failed so often is refused. */
const MOST_ATTEMPTS = 3n

/**
 * Decides one command of a desk. A command that cannot run (unknown here, of a version that cannot be read, of
 * a person who is not at that desk, from a revoked device) is refused in the log, so that a repeat which comes
 * late does not run after all. One whose signature is wrong leaves no trace: somebody else may have used its id.
 * @param tables the tables that this desk has
 */
export async function decide(
  parts: DecideParts,
  desk: Desk,
  tables: () => Promise<ReadonlyMap<string, Table>>,
  command: PushedCommand,
): Promise<PushAnswer> {
  const { id } = command
  try {
    const forged = await signatureProblem(parts.workspace, desk, command)
    const outcome = forged ?? (await run(parts, desk, command))
    if ('outcome' in outcome && outcome.outcome === 'done') {
      const { version, result } = outcome
      return { id, outcome: 'done', version, head: await headOf(parts, version), result }
    }
    const { code, data } = ('outcome' in outcome ? outcome.result : outcome) as Refused
    return { id, outcome: 'refused', code, data, current: await currentRows(parts, desk, tables, command) }
  } catch (error) {
    return { id, outcome: 'failed', reference: parts.onBug(error, id) }
  }
}

async function headOf({ store, workspace }: DecideParts, version: bigint): Promise<string> {
  const { hash } = await store.read(workspace, reader =>
    reader.db
      .selectFrom('command_log')
      .select('hash')
      .where('version', '=', version)
      .executeTakeFirstOrThrow(),
  )
  return hash
}

async function run(parts: DecideParts, desk: Desk, command: PushedCommand): Promise<CommandAnswer | Refused> {
  const { id, actor, at } = command
  const handler = parts.commands.get(command.command)
  const caller: Caller = {
    person: actor,
    device: desk.id,
    assurance: command.assurance as Assurance,
    vouched: true,
    commandId: id,
    at,
    ...(command.signed && desk.key
      ? {
          signed: {
            ...command.signed,
            device: desk.id,
            publicKey: Buffer.from(desk.key.publicKey).toString('hex'),
          },
        }
      : {}),
  }
  const bar = (refusal: Refused) =>
    parts.bar(
      {
        ...{ id, command: command.command, actor, at, device: desk.id, assurance: command.assurance },
        ...asLogged(handler, command),
      },
      refusal,
    )
  try {
    if (handler?.kind !== 'command')
      return await bar({ code: 'SYNC_COMMAND_UNKNOWN', data: { command: command.command } })
    if (desk.revoked) return await bar({ code: 'ACCESS_DEVICE_REVOKED', data: {} })
    if (actor !== null && !desk.people.includes(actor))
      return await bar({ code: 'SYNC_NOT_YOURS', data: { person: actor } })
    let input: unknown
    try {
      input = storedInput(handler, command.commandVersion, command.input)
    } catch (error) {
      if (isRefusal(error)) return await bar(error)
      throw error
    }
    try {
      return await parts.run(command.command, input, caller)
    } catch (error) {
      if (isRefusal(error) || command.attempts + 1n < MOST_ATTEMPTS) throw error
      return await bar({ code: 'SYNC_SERVER_FAILED', data: { reference: parts.onBug(error, id) } })
    }
  } catch (error) {
    if (isRefusal(error)) return { code: error.code, data: error.data }
    throw error
  }
}

async function signatureProblem(workspace: Id, desk: Desk, command: PushedCommand): Promise<Refused | null> {
  if (!desk.key) return null
  const problem = command.signed
    ? await verifyCommand(desk.key, workspace, command, command.signed)
    : ('missing' as const)
  return problem && { code: 'SYNC_SIGNATURE', data: { problem } }
}

function currentRows(
  parts: DecideParts,
  desk: Desk,
  tables: () => Promise<ReadonlyMap<string, Table>>,
  command: PushedCommand,
) {
  if (desk.revoked) return []
  return tables().then(mine =>
    parts.store.read(parts.workspace, reader => namedRows(reader, mine, fromCanonical(command.input))),
  )
}

/**
 * What a command is given, without its secrets: as the log has it where it ran, so that its repeat is known for one.
 * What cannot be read cannot be told from its secrets.
 */
function asLogged(
  handler: Handler | undefined,
  { commandVersion, input }: PushedCommand,
): Pick<Barred, 'command_version' | 'input'> {
  const unread = { command_version: commandVersion, input: '"•"' }
  if (handler?.kind !== 'command') return unread
  const { secret, version } = capabilityOf(handler.leaf)
  if (secret.length === 0) return { command_version: commandVersion, input }
  try {
    const parsed = storedInput(handler, commandVersion, input)
    return { command_version: BigInt(version), input: loggedInput(handler, parsed) }
  } catch (error) {
    if (isRefusal(error)) return unread
    throw error
  }
}
