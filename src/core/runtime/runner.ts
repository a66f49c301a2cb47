import type { Store, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Capability } from '#shared/contract/define.ts'
import { Refusal, refuse } from '#shared/errors.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import { mayUse, type Role } from '#shared/permissions.ts'
import { enqueueJob } from '../jobs/job-table.ts'
import {
  type Actor,
  type Caller,
  type CommandCall,
  capabilityOf,
  type Handler,
  type Leaf,
  type NestedOptions,
} from './handlers.ts'
import { GENESIS, hashEntry, type LogEntry } from './log-entry.ts'

type CommandHandler = Extract<Handler, { kind: 'command' }>

export interface RunnerParts {
  readonly store: Store
  readonly workspace: Id
  readonly commands: ReadonlyMap<string, Handler>
  /** The authority's clock, in milliseconds since the epoch. */
  readonly now: () => bigint
  readonly newId: () => Id
  /** Is told after each commit which tables changed. */
  readonly committed: (version: bigint, tables: ReadonlySet<string>) => void
}

export interface CommandAnswer {
  readonly version: bigint
  readonly result: unknown
  readonly outcome: 'done' | 'refused'
  /** The command had run before: this is the kept answer. */
  readonly repeated: boolean
}

/** Ends a transaction that has nothing to change, with the kept answer of an earlier run. */
class Repeated extends Error {
  readonly entry: LogEntry
  constructor(entry: LogEntry) {
    super('repeated')
    this.entry = entry
  }
}

/**
 * Runs commands: authorise → transaction: take the workspace's version, run the handler, write the command
 * log → commit → announce. An author of a command cannot forget any of it, because none of it is theirs.
 *
 * A refusal undoes what the handler did and is logged too, so that the first answer of a command id is its
 * only answer. A bug (any other error) leaves no trace in the database.
 */
export function createRunner(parts: RunnerParts) {
  const { store, workspace } = parts

  async function run(id: string, input: unknown, caller: Caller): Promise<CommandAnswer> {
    const handler = parts.commands.get(id)
    if (handler?.kind !== 'command') throw new Error(`no command ${id}`)
    const parsed = parseInput(handler, input)
    const commandId = caller.commandId ?? parts.newId()
    const receivedAt = parts.now()
    const at = caller.at ?? receivedAt
    try {
      const { answer, changed } = await store.write(workspace, 'person', async tx => {
        const version = await takeVersion(tx)
        await findEarlier(tx, commandId, id, loggedInput(handler, parsed))
        const actor = await loadActor(tx, caller, capabilityOf(handler.leaf))
        const facts = { version, commandId, caller, actor, at, receivedAt }
        const answer = await execute(tx, handler, parsed, facts)
        return { answer, changed: tx.touched.changed }
      })
      parts.committed(answer.version, changed)
      return answer
    } catch (error) {
      if (!(error instanceof Repeated)) throw error
      const { entry } = error
      return {
        version: entry.version,
        outcome: entry.outcome,
        result: fromCanonical(entry.result),
        repeated: true,
      }
    }
  }

  interface Facts {
    version: bigint
    commandId: Id
    caller: Caller
    actor: Actor | null
    at: bigint
    receivedAt: bigint
  }

  async function execute(
    tx: Tx,
    handler: CommandHandler,
    input: unknown,
    facts: Facts,
  ): Promise<CommandAnswer> {
    const capability = capabilityOf(handler.leaf)
    const noted: { undo: string | null; compensates: Id | null } = { undo: null, compensates: null }
    let outcome: 'done' | 'refused' = 'done'
    let result: unknown
    try {
      result = await tx.attempt(() => perform(tx, handler, input, facts, noted, ordinals(facts.commandId)))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      outcome = 'refused'
      result = { code: error.code, data: error.data }
      tx.touched.changed.clear()
      noted.undo = null
      noted.compensates = null
    }
    const previous = await tx.db
      .selectFrom('command_log')
      .select('hash')
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst()
    const entry = {
      version: facts.version,
      id: facts.commandId,
      command: capability.id,
      command_version: BigInt(capability.version),
      actor: facts.actor?.id ?? null,
      device: facts.caller.device,
      assurance: facts.caller.assurance,
      at: facts.at,
      received_at: facts.receivedAt,
      input: loggedInput(handler, input),
      outcome,
      result: canonicalJson(result ?? null),
      undo: noted.undo,
      compensates: noted.compensates,
      previous: previous?.hash ?? GENESIS,
    }
    await tx.db
      .insertInto('command_log')
      .values({ ...entry, hash: hashEntry(workspace, entry) })
      .execute()
    tx.touched.changed.add('workspace_state')
    return { version: facts.version, outcome, result, repeated: false }
  }

  async function perform(
    tx: Tx,
    handler: CommandHandler,
    input: unknown,
    facts: Facts,
    noted: { undo: string | null; compensates: Id | null },
    ids: { next(): Id },
    trusted = false,
  ): Promise<unknown> {
    if (!trusted) authorise(capabilityOf(handler.leaf), facts.actor, facts.caller)
    const runById = async (id: string, inner: unknown, options: NestedOptions = {}): Promise<unknown> => {
      const nested = parts.commands.get(id)
      if (nested?.kind !== 'command') throw new Error(`no command ${id}`)
      // What undoes the inner command is not what undoes the outer one, unless the outer one says so.
      const apart = { undo: null, compensates: null }
      const result = await perform(tx, nested, parseInput(nested, inner), facts, apart, ids, options.trusted)
      if (options.adoptUndo) noted.undo = apart.undo
      return result
    }
    const call: CommandCall<never> = {
      tx,
      input: input as never,
      actor: facts.actor,
      caller: facts.caller,
      commandId: facts.commandId,
      now: facts.at,
      ids,
      async effect(kind, payload) {
        const id = ids.next()
        const created_at = facts.at
        const row = {
          id,
          kind,
          payload: canonicalJson(payload),
          attempts: 0n,
          not_before: created_at,
          created_at,
        }
        await tx.db
          .insertInto('effects')
          .values({ ...row, state: 'waiting', done_at: null, failure: null })
          .execute()
        return id
      },
      async enqueue(kind, jobInput) {
        const id = ids.next()
        await enqueueJob(tx, {
          id,
          kind: kind.name,
          input: jobInput,
          actor: facts.actor?.id ?? null,
          at: facts.at,
        })
        return id
      },
      undoWith(leaf, undoInput, expect = []) {
        noted.undo = canonicalJson({ command: capabilityOf(leaf).id, input: undoInput, expect })
      },
      run: (leaf: Leaf, inner: unknown) => runById(capabilityOf(leaf).id, inner) as never,
      runById,
      compensates(commandId) {
        noted.compensates = commandId
      },
    }
    return handler.run(call)
  }

  async function takeVersion(tx: Tx): Promise<bigint> {
    const row = await tx.db
      .updateTable('workspace_state')
      .set(eb => ({ version: eb('version', '+', 1n) }))
      .returning('version')
      .executeTakeFirst()
    if (!row) throw new Error(`this database does not hold workspace ${workspace}`)
    return row.version
  }

  async function findEarlier(tx: Tx, commandId: Id, command: string, input: string): Promise<void> {
    const entry = await tx.db
      .selectFrom('command_log')
      .selectAll()
      .where('id', '=', commandId)
      .executeTakeFirst()
    if (!entry) return
    if (entry.command !== command || entry.input !== input)
      throw refuse('WORKSPACE_COMMAND_REUSED', { commandId })
    throw new Repeated(entry)
  }

  return { run }
}

export type Runner = ReturnType<typeof createRunner>

/** Throws a refusal when the actor does not hold the permission of the capability. */
export function authorise(capability: Capability, actor: Actor | null, caller: Caller): void {
  if (caller.system || capability.open) return
  if (!actor) throw refuse('WORKSPACE_NOBODY', {})
  if (capability.internal || !mayUse(actor.roles, capability.roles, capability.vote)) {
    throw refuse('WORKSPACE_FORBIDDEN', { capability: capability.id, roles: [...capability.roles] })
  }
}

/**
 * The person that a caller acts as; null when there is none or they are no longer active. Whoever has a
 * passphrase is believed only with a proof of it: without one the call is refused, and leaves no trace under
 * its command id, so that it can be sent again with the proof.
 */
export async function loadActor(
  session: Pick<Tx, 'db'>,
  caller: Caller,
  capability: Pick<Capability, 'open'>,
): Promise<Actor | null> {
  if (caller.person === null) return null
  const person = await session.db
    .selectFrom('people')
    .select(['id', 'name', 'roles', 'active', 'passphrase'])
    .where('id', '=', caller.person)
    .executeTakeFirst()
  if (!person || person.active === 0n) return null
  if (person.passphrase !== null && person.passphrase !== caller.attested && !caller.system) {
    if (capability.open) return null
    throw refuse('WORKSPACE_PASSPHRASE_NEEDED', { personId: person.id })
  }
  return { id: person.id, name: person.name, roles: fromCanonical<Role[]>(person.roles) }
}

interface Validated {
  readonly value: unknown
  readonly issues?: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[]
}

/** Parses raw input by the schema of the contract. Throws a refusal that names the places. */
export function parseInput(handler: Handler, input: unknown): unknown {
  const schema = handler.leaf['~orpc'].inputSchema
  if (!schema) return input
  const outcome = schema['~standard'].validate(input) as Validated | Promise<Validated>
  if (outcome instanceof Promise) throw new Error('schemas of the contract are synchronous')
  if (!outcome.issues) return outcome.value
  throw refuse('WORKSPACE_BAD_INPUT', {
    issues: outcome.issues.map(issue => ({
      path: (issue.path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.'),
      message: issue.message,
    })),
  })
}

function loggedInput(handler: Handler, input: unknown): string {
  const { secret } = capabilityOf(handler.leaf)
  if (secret.length === 0) return canonicalJson(input)
  const members = Object.entries(input as Record<string, unknown>)
  return canonicalJson(
    Object.fromEntries(members.map(([key, value]) => [key, secret.includes(key) ? '•' : value])),
  )
}

function ordinals(commandId: Id) {
  let ordinal = 0
  return { next: () => idFromCommand(commandId, ordinal++) }
}
