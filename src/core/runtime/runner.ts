import type { CompiledQuery } from 'kysely'
import { syncedTables } from '#core/database/capture.ts'
import { schema } from '#core/database/schema.ts'
import type { Store, Tx } from '#core/database/store.ts'
import type { Table } from '#core/database/table.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { isRefusal, type Refusal, refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { namedRows } from '../sync/named-rows.ts'
import { addToOutbox, type OutboxRow, outboxRowOf } from '../sync/outbox-table.ts'
import { byWhom } from './by-whom.ts'
import { authorise, loadActor, parseInput, storedInput } from './checks.ts'
import { AuthorityDecides, type Caller, capabilityOf, type Handler, type SignedBy } from './handlers.ts'
import { GENESIS, hashEntry, type LogEntry } from './log-entry.ts'
import { type CommandHandler, commandOf, type Facts, type Performed, perform } from './perform.ts'

export interface RunnerParts {
  readonly store: Store
  readonly workspace: Id
  readonly commands: ReadonlyMap<string, Handler>
  /** The authority's clock, in milliseconds since the epoch. */
  readonly now: () => bigint
  readonly newId: () => Id
  /** The database opens with key slots that this host keeps: real data waits for a confirmed recovery key. */
  readonly keysKept?: boolean
  /** Is told after each commit which tables changed. */
  readonly committed: (version: bigint, tables: ReadonlySet<string>) => void
}

export interface CommandAnswer {
  readonly commandId: Id
  /** The version that the command took; on a connected desk the version that it stood on. */
  readonly version: bigint
  readonly result: unknown
  /** `requested`: this desk cannot decide it; it goes to the authority, and nothing changed here. */
  readonly outcome: 'done' | 'refused' | 'requested'
  /** The command had run before: this is the kept answer. */
  readonly repeated: boolean
}

/** A command that is refused before it runs, as the log will have it. */
export type Barred = Pick<
  LogEntry,
  'id' | 'command' | 'command_version' | 'actor' | 'device' | 'assurance' | 'at' | 'input'
>
/** What makes two commands of one id the same. */
type Intention = Pick<LogEntry, 'command' | 'command_version' | 'input'>
type Refused = Pick<Refusal, 'code' | 'data'>

const SYNCED_TABLES: ReadonlyMap<string, Table> = new Map(syncedTables(schema))
const SYNCED: ReadonlySet<string> = new Set(SYNCED_TABLES.keys())

/** Ends a transaction that has nothing to change, with the kept answer of an earlier run. */
class Repeated extends Error {
  readonly answer: CommandAnswer
  constructor(answer: CommandAnswer) {
    super('repeated')
    this.answer = answer
  }
}

/** A command on its way: what it is, what it was given, and when. */
interface Given extends Omit<Facts, 'actor' | 'place'> {
  readonly handler: CommandHandler
  readonly input: unknown
  /** The input as the log has it. */
  readonly text: string
}

/**
 * Runs commands. On the authority: authorise → transaction: take the workspace's version, run the handler,
 * write the command log → commit → announce. On a connected desk the handler runs at once on the local tables
 * and the command enters the outbox in the same transaction; only the authority writes the log. An author of
 * a command cannot forget any of it, because none of it is theirs.
 *
 * A refusal undoes what the handler did. The authority logs it too, so that the first answer of a command id
 * is its only answer; a desk just says it. A bug (any other error) leaves no trace in the database.
 */
export function createRunner(parts: RunnerParts) {
  const { store, workspace, keysKept = false } = parts
  // Worded once: they are the same for every command of the workspace.
  let taken: CompiledQuery | null = null
  let ending: CompiledQuery | null = null

  async function run(id: string, input: unknown, caller: Caller): Promise<CommandAnswer> {
    const handler = commandOf(parts.commands, id)
    const receivedAt = parts.now()
    const parsed = parseInput(handler, input)
    const given: Given = {
      handler,
      input: parsed,
      // Before the transaction: others wait while it is under way.
      text: loggedInput(handler, parsed),
      commandId: caller.commandId ?? parts.newId(),
      caller,
      at: caller.at ?? receivedAt,
      receivedAt,
      keysKept,
    }
    try {
      const { answer, changed } = await store.write(
        workspace,
        'person',
        async tx => {
          const taking = takeVersion(tx)
          // A server always decides: what it has to know is asked for behind the lock, in the same message.
          const known = tx.kind === 'postgres' ? lookUp(tx, given, taking) : null
          known?.catch(() => {})
          const { version, authority } = await taking
          await caller.fence?.(tx)
          const answer =
            authority === 'connected'
              ? await onDesk(tx, given, version)
              : await onAuthority(tx, given, version, known ?? lookUp(tx, given))
          return { answer, changed: tx.touched.changed }
        },
        true,
      )
      parts.committed(answer.version, changed)
      return answer
    } catch (error) {
      if (error instanceof Repeated) return error.answer
      throw error
    }
  }

  /**
   * The counter is taken and locked before anything is read: commands of a workspace are serial. Its statement is sent
   * before this returns.
   */
  async function takeVersion(tx: Tx) {
    taken ??= tx.db
      .updateTable('workspace_state')
      .set(eb => ({
        // A desk's number is the server's version that it has seen: its own commands take none.
        version: eb
          .case('authority')
          .when('connected')
          .then(eb.ref('version'))
          .else(eb('version', '+', 1n))
          .end(),
      }))
      .returning(['version', 'authority'])
      .compile()
    tx.touched.changed.add('workspace_state')
    const [row] = await tx.raw<{ version: bigint; authority: string }>(taken.sql, taken.parameters)
    if (!row) throw new Error(`this database does not hold workspace ${workspace}`)
    return row
  }

  /** What the authority has to know before it runs a command: that it did not run before, who acts, where the log ends. */
  async function lookUp(tx: Tx, given: Given, first?: Promise<unknown>) {
    const asked = [findInLog(tx, given), actorOf(tx, given), lastHash(tx)] as const
    const ahead = first && given.handler.ahead ? given.handler.ahead(tx, given.input as never) : null
    const [, , actor, previous, foreseen] = await inOrder([first ?? null, ...asked, ahead])
    return { actor, previous, ahead: foreseen }
  }

  const actorOf = (tx: Tx, { caller, handler }: Given) => loadActor(tx, caller, capabilityOf(handler.leaf))

  async function onAuthority(
    tx: Tx,
    given: Given,
    version: bigint,
    known: ReturnType<typeof lookUp>,
  ): Promise<CommandAnswer> {
    const { commandId } = given
    const { actor, previous, ahead } = await known
    const facts: Facts = { ...given, actor, ahead, place: 'authority' }
    let outcome: 'done' | 'refused' = 'done'
    let performed: Performed
    try {
      performed = await perform(tx, parts.commands, given.handler, given.input, facts)
    } catch (error) {
      if (!isRefusal(error)) throw error
      outcome = 'refused'
      performed = { result: refused(tx, error).result, undo: null, compensates: null }
    }
    const entry = { ...logged(given), actor: byWhom(actor), previous }
    await appendToLog(tx, entry, version, outcome, performed)
    await keepSignature(tx, given.caller.signed, commandId, given.receivedAt)
    return { commandId, version, outcome, result: performed.result ?? null, repeated: false }
  }

  /**
   * Refuses a command without running it, and logs that as its answer, so that no later repeat of it runs. One
   * that ran before keeps its answer.
   */
  async function bar(command: Barred, { code, data }: Refused): Promise<CommandAnswer> {
    const { id: commandId } = command
    try {
      const { answer, changed } = await store.write(workspace, 'person', async tx => {
        const { version } = await takeVersion(tx)
        await findEntry(tx, [commandId], command)
        const performed = { result: { code, data }, undo: null, compensates: null }
        const entry = { ...command, received_at: parts.now(), previous: await lastHash(tx) }
        await appendToLog(tx, entry, version, 'refused', performed)
        const answer = { commandId, version, outcome: 'refused', result: performed.result } as const
        return { answer: { ...answer, repeated: false }, changed: tx.touched.changed }
      })
      parts.committed(answer.version, changed)
      return answer
    } catch (error) {
      if (error instanceof Repeated) return error.answer
      throw error
    }
  }

  async function keepSignature(
    tx: Tx,
    signed: SignedBy | undefined,
    commandId: Id,
    receivedAt: bigint,
  ): Promise<void> {
    if (!signed) return
    await tx.db
      .insertInto('command_signatures')
      .values({
        command_id: commandId,
        device_id: signed.device,
        key_id: signed.keyId,
        public_key: signed.publicKey,
        text: signed.text,
        signature: signed.signature,
        received_at: receivedAt,
      })
      .execute()
  }

  async function onDesk(tx: Tx, given: Given, version: bigint): Promise<CommandAnswer> {
    await findInOutbox(tx, given, version)
    const { commandId, caller } = given
    const capability = capabilityOf(given.handler.leaf)
    // What the core does in its own name (publishing an import, set-up) is the authority's to do.
    if (!capability.local && (caller.system || capability.internal))
      throw refuse('SYNC_AUTHORITY_ONLY', { capability: capability.id })
    const facts: Facts = {
      ...given,
      actor: await actorOf(tx, given),
      place: capability.local ? 'authority' : 'desk',
    }
    const answer = { commandId, version, repeated: false }
    const basedOn = capability.local ? [] : await namedRows(tx, SYNCED_TABLES, given.input)
    let performed: Performed | null = null
    try {
      if (capability.authorityOnly) authorise(capability, facts.actor, caller)
      else performed = await perform(tx, parts.commands, given.handler, given.input, facts)
    } catch (error) {
      if (isRefusal(error)) return { ...answer, ...refused(tx, error) }
      if (!(error instanceof AuthorityDecides)) throw error
    }
    if (capability.local) {
      // The next round would take such a change back, and nobody would know why.
      const shared = [...tx.touched.changed].find(name => SYNCED.has(name))
      if (shared) throw new Error(`${capability.id} is local and changes ${shared}, which is synced`)
      return { ...answer, outcome: 'done', result: performed?.result ?? null }
    }
    await addToOutbox(tx, {
      id: commandId,
      command: capability.id,
      command_version: BigInt(capability.version),
      actor: byWhom(facts.actor),
      device: caller.device,
      assurance: caller.assurance,
      at: given.at,
      input: canonicalJson(given.input),
      state: performed ? 'pending' : 'requested',
      result: performed ? canonicalJson(performed.result ?? null) : null,
      undo: performed?.undo ?? null,
      compensates: performed?.compensates ?? null,
      queued_at: given.receivedAt,
    })
    await tx.db
      .insertInto('outbox_context')
      .values({ id: commandId, based_on: canonicalJson(basedOn), current: null, answered_head: null })
      .execute()
    return { ...answer, outcome: performed ? 'done' : 'requested', result: performed?.result ?? null }
  }

  /** The hash of the last entry. */
  async function lastHash(tx: Tx): Promise<string> {
    ending ??= tx.db.selectFrom('command_log').select('hash').orderBy('version', 'desc').limit(1).compile()
    const [last] = await tx.raw<{ hash: string }>(ending.sql, ending.parameters)
    return last?.hash ?? GENESIS
  }

  async function appendToLog(
    tx: Tx,
    command: Barred & Pick<LogEntry, 'received_at' | 'previous'>,
    version: bigint,
    outcome: 'done' | 'refused',
    performed: Performed,
  ): Promise<void> {
    const entry = {
      version,
      ...command,
      outcome,
      result: canonicalJson(performed.result ?? null),
      undo: performed.undo,
      compensates: performed.compensates,
    }
    await tx.db
      .insertInto('command_log')
      .values({ ...entry, hash: hashEntry(workspace, entry) })
      .execute()
    tx.touched.changed.add('workspace_state')
  }

  const findInLog = (tx: Tx, { commandId, caller, handler, text }: Given) =>
    findEntry(tx, [commandId, ...(caller.aliases ?? [])], intended(handler, text))

  /**
   * @param ids of which the command was given one
   * @throws Repeated with the kept answer of this command
   */
  async function findEntry(tx: Tx, ids: readonly Id[], intention: Intention): Promise<void> {
    const entry: LogEntry | undefined = await tx.db
      .selectFrom('command_log')
      .selectAll()
      .where('id', 'in', ids)
      .executeTakeFirst()
    if (!entry) return
    const commandId = entry.id
    if (!isSame(entry, intention)) throw refuse('WORKSPACE_COMMAND_REUSED', { commandId })
    const { version, outcome } = entry
    throw new Repeated({ commandId, version, outcome, result: fromCanonical(entry.result), repeated: true })
  }

  /** Whether two are one command, also when a release that came between stores it by another version. */
  function isSame(kept: Intention, given: Intention): boolean {
    if (kept.command !== given.command) return false
    if (kept.command_version === given.command_version) return kept.input === given.input
    const handler = parts.commands.get(kept.command)
    if (handler?.kind !== 'command') return false
    const [one, other] = [kept, given].map(({ command_version: version, input }) => {
      try {
        return loggedInput(handler, storedInput(handler, version, input))
      } catch (error) {
        if (isRefusal(error)) return null
        throw error
      }
    })
    return one !== null && one === other
  }

  async function findInOutbox(tx: Tx, { commandId, handler, input }: Given, version: bigint): Promise<void> {
    const row = await outboxRowOf(tx, commandId)
    if (!row) return findSettled(tx, commandId, capabilityOf(handler.leaf).id, version)
    if (!isSame(row, intended(handler, canonicalJson(input))))
      throw refuse('WORKSPACE_COMMAND_REUSED', { commandId })
    const outcome = { pending: 'done', requested: 'requested', review: 'refused' } as const
    const result = fromCanonical((row.state === 'review' ? row.refusal : row.result) ?? 'null')
    throw new Repeated({ commandId, version, outcome: outcome[row.state], result, repeated: true })
  }

  async function findSettled(tx: Tx, commandId: Id, command: string, version: bigint): Promise<void> {
    const row = await tx.db
      .selectFrom('outbox_settled')
      .select(['command', 'answer'])
      .where('id', '=', commandId)
      .executeTakeFirst()
    if (!row) return
    if (row.command !== command) throw refuse('WORKSPACE_COMMAND_REUSED', { commandId })
    const result = fromCanonical(row.answer)
    throw new Repeated({ commandId, version, outcome: 'done', result, repeated: true })
  }

  /**
   * Runs a pending command of the outbox again, on top of what the server sent. A refusal or an error here
   * undoes what it did and is given back; it decides nothing, because only the authority refuses.
   */
  async function replay(tx: Tx, row: OutboxRow): Promise<{ failure: unknown } | null> {
    const caller: Caller = {
      person: row.actor,
      device: row.device,
      assurance: row.assurance as Caller['assurance'],
      vouched: true,
    }
    try {
      const handler = commandOf(parts.commands, row.command)
      const facts: Facts = {
        commandId: row.id,
        caller,
        actor: await loadActor(tx, caller, capabilityOf(handler.leaf)),
        at: row.at,
        receivedAt: row.at,
        place: 'desk',
        keysKept,
      }
      await perform(tx, parts.commands, handler, storedInput(handler, row.command_version, row.input), facts)
      return null
    } catch (failure) {
      return { failure }
    }
  }

  return { run, bar, replay }
}

export type Runner = ReturnType<typeof createRunner>

/** The handler was rolled back: it changed nothing. */
function refused(tx: Tx, { code, data }: Refusal) {
  tx.touched.changed.clear()
  return { outcome: 'refused', result: { code, data } } as const
}

/** The input of a command by the version of this release, as it is stored. */
function intended({ leaf }: Handler, input: string): Intention {
  const { id: command, version } = capabilityOf(leaf)
  return { command, command_version: BigInt(version), input }
}

/** A command as the log has it. */
function logged({ handler, text, commandId: id, caller, at, receivedAt: received_at }: Given) {
  const { id: command, version } = capabilityOf(handler.leaf)
  const { device, assurance } = caller
  return { id, command, command_version: BigInt(version), device, assurance, at, received_at, input: text }
}

/** Waits for questions that were asked at the same time, one after the other: the first that fails is the failure. */
async function inOrder<T extends readonly (Promise<unknown> | null)[]>(
  asked: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  for (const one of asked) one?.catch(() => {})
  const answers: unknown[] = []
  for (const one of asked) answers.push(await one)
  return answers as never
}

/** The input of a command without what must not reach the log. */
export function loggedInput(handler: Handler, input: unknown): string {
  const { secret } = capabilityOf(handler.leaf)
  if (secret.length === 0) return canonicalJson(input)
  const members = Object.entries(input as Record<string, unknown>)
  return canonicalJson(
    Object.fromEntries(members.map(([key, value]) => [key, secret.includes(key) ? '•' : value])),
  )
}
