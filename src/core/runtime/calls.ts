import { refuse } from '#shared/errors.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import type { Reader, Store } from '../database/store.ts'
import { signVote } from '../identity/sign-vote.ts'
import type { Proofs } from '../workspace/proofs.ts'
import { describeError } from './bugs.ts'
import { byWhom } from './by-whom.ts'
import { authorise, loadActor, parseInput } from './checks.ts'
import { type Caller, capabilityOf, type Handler, type Leaf } from './handlers.ts'
import type { Answered, KeptAnswers } from './kept-answers.ts'
import type { LiveFeed } from './live.ts'
import { runQuery } from './query-runner.ts'
import type { ReaderThread } from './reader-thread.ts'
import type { CommandAnswer, Runner } from './runner.ts'
import type { CoreWatch } from './watch.ts'

export interface CallParts {
  readonly store: Store
  readonly workspace: Id
  readonly handlers: ReadonlyMap<string, Handler>
  readonly runner: Runner
  readonly proofs: Proofs
  readonly live: LiveFeed
  /** Asks the authority, on a connected desk. */
  readonly remote: (id: string, input: unknown, caller: Caller) => Promise<unknown>
  /** Where heavy queries run; null where they run in this thread. */
  readonly readerThread: ReaderThread | null
  /** Answers that are kept until what they were read from changes. */
  readonly answers: KeptAnswers
  readonly watch: CoreWatch
  readonly newId: () => Id
  readonly now: () => bigint
  readonly monotonic: () => number
  /** Milliseconds from asking a heavy query to its answer. */
  readonly onHeavy: (took: number) => void
  /** A command that ended in an unexpected error. */
  readonly onFailure: (facts: { command: string; commandId: Id; error: string }) => void
}

/**
 * The way from a caller to a handler, by the kind of what is called: a command by the runner, a query from a
 * snapshot, a service with what it needs to read and to run commands, a stream as it comes.
 */
export function createCalls(parts: CallParts) {
  const { store, workspace, handlers, runner, proofs, live, readerThread, watch } = parts

  function handlerOf(id: string): Handler {
    const handler = handlers.get(id)
    if (!handler) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'capability', id })
    return handler
  }

  /** Whether another core has the last word. */
  async function isConnected(): Promise<boolean> {
    const state = await store.read(workspace, reader =>
      reader.db.selectFrom('workspace_state').select('authority').executeTakeFirst(),
    )
    return state?.authority === 'connected'
  }

  /** Whether the caller proved who they are: that is the core's to find out, whatever a host says. */
  function attest({ attested: _, ...caller }: Caller): Caller {
    if (caller.proof === undefined || caller.person === null) return caller
    const stored = proofs.storedOf(caller.proof, caller.person)
    return stored === null ? caller : { ...caller, attested: stored, assurance: 'passphrase' }
  }

  async function run(id: string, input: unknown, said: Caller): Promise<CommandAnswer> {
    const caller = attest(said)
    const commandId = caller.commandId ?? parts.newId()
    try {
      return await watch.follow({ kind: 'command', id, commandId }, async ended => {
        const answer = await runner.run(id, input, await withVote(id, input, { ...caller, commandId }))
        ended(answer.repeated ? 'repeated' : answer.outcome)
        return answer
      })
    } catch (error) {
      parts.onFailure({ command: id, commandId, error: describeError(error) })
      throw error
    }
  }

  /** A vote is signed with the key of the person who gives it, where their passphrase opened one. */
  async function withVote(id: string, input: unknown, caller: Caller & { commandId: Id }): Promise<Caller> {
    const handler = handlerOf(id)
    if (!capabilityOf(handler.leaf).vote || caller.signed) return caller
    const at = caller.at ?? parts.now()
    const signed = await signVote(parts, handler, parseInput(handler, input), { ...caller, at })
    return signed ? { ...caller, at, signed } : caller
  }

  async function call(id: string, input: unknown, said: Caller): Promise<unknown> {
    const caller = attest(said)
    const handler = handlerOf(id)
    if (handler.kind === 'command') return resultOf(await run(id, input, caller))
    const { kind } = handler
    if (kind === 'stream') throw new Error(`${id} is a stream`)
    return watch.follow({ kind, id }, async () => {
      const parsed = parseInput(handler, input)
      if (capabilityOf(handler.leaf).remote && (await isConnected())) {
        // Who asks is found out here: the authority knows the machine, not who sits at it.
        const { actor } = await serviceCall(handler, parsed, caller)
        // What was asked for here and done there, and a server that answers again, are seen by these.
        live.observe(id, REMOTE)
        return parts.remote(id, parsed, { ...caller, person: byWhom(actor) })
      }
      if (kind === 'service') return handler.run(await serviceCall(handler, parsed, caller))
      const read = () =>
        capabilityOf(handler.leaf).heavy && readerThread
          ? timed(() => readerThread.query(id, parsed, caller, parts.now()))
          : runQuery(store, workspace, handler, parsed, caller, parts.now())
      const answer =
        recalled(handler, parsed, caller) ??
        (handler.until ? await kept(handler, handler.until, parsed, caller, read) : await read())
      live.observe(id, answer.tables)
      return answer.value
    })
  }

  /** What memory answers a program, whose permission does not have to be read: it acts as nobody. */
  function recalled(handler: Extract<Handler, { kind: 'query' }>, input: unknown, caller: Caller) {
    if (!handler.recall || caller.person !== null) return null
    authorise(capabilityOf(handler.leaf), null, caller)
    return handler.recall({ input: input as never, now: parts.now() })
  }

  /** What is kept in memory is for whoever may ask for it: who asks is found out here, whether it is there or not. */
  async function kept<A extends Answered>(
    handler: Handler,
    until: (answer: never) => bigint,
    input: unknown,
    caller: Caller,
    read: () => Promise<A>,
  ): Promise<A> {
    await actorOf(handler, caller)
    const { id } = capabilityOf(handler.leaf)
    return parts.answers.answer({ id, input, now: parts.now() }, until, read)
  }

  function resultOf({ outcome, result, commandId }: CommandAnswer): unknown {
    if (outcome === 'done') return result
    if (outcome === 'requested') throw refuse('SYNC_REQUESTED', { commandId })
    const { code, data } = result as { code: string; data: unknown }
    throw refuse(code, data)
  }

  /**
   * Runs a command of a service. Where the intention came by a key that may come again, a repeat is refused: the
   * service made up something new for it, a secret say, which is not what the first one stored.
   */
  async function runOfService(id: string, input: unknown, caller: Caller): Promise<unknown> {
    if (caller.aliases === undefined || handlerOf(id).kind !== 'command') return call(id, input, caller)
    const answer = await run(id, input, caller)
    if (answer.repeated) throw refuse('WORKSPACE_COMMAND_REUSED', { commandId: answer.commandId })
    return resultOf(answer)
  }

  /** How long a person waited for the reader thread; it waits and runs out of our sight. */
  async function timed<T>(work: () => Promise<T>): Promise<T> {
    const since = parts.monotonic()
    try {
      return await work()
    } finally {
      parts.onHeavy(parts.monotonic() - since)
    }
  }

  /** Who asks. @throws Refusal where they may not */
  async function actorOf(handler: Handler, caller: Caller) {
    const actor = await store.read(workspace, reader =>
      loadActor(reader as never, caller, capabilityOf(handler.leaf)),
    )
    authorise(capabilityOf(handler.leaf), actor, caller)
    return actor
  }

  async function serviceCall(handler: Handler, input: unknown, caller: Caller) {
    const actor = await actorOf(handler, caller)
    // A repeat of the same intention runs the same commands, so that they are recognised.
    let ordinal = 0
    const { commandId, aliases } = caller
    const next = () => {
      if (commandId === undefined) return { ...caller, commandId: parts.newId() }
      const at = ordinal++
      const others = aliases?.map(alias => idFromCommand(alias, at))
      return { ...caller, commandId: idFromCommand(commandId, at), ...(others ? { aliases: others } : {}) }
    }
    return {
      input: input as never,
      actor,
      caller,
      now: parts.now(),
      // What a service reads is observed as what a query reads, so that its pages are live too.
      read: <T>(work: (reader: Reader) => Promise<T>) =>
        store.read(workspace, async reader => {
          const value = await work(reader)
          live.observe(capabilityOf(handler.leaf).id, reader.touched.read)
          return value
        }),
      run: (leaf: Leaf, inner: unknown) => runOfService(capabilityOf(leaf).id, inner, next()) as never,
      runInternal: (leaf: Leaf, inner: unknown) =>
        runOfService(capabilityOf(leaf).id, inner, { ...next(), system: true }) as never,
    }
  }

  async function* stream(
    id: string,
    input: unknown,
    caller: Caller,
    signal?: AbortSignal,
    lastEventId?: string,
  ): AsyncIterable<unknown> {
    const handler = handlerOf(id)
    if (handler.kind !== 'stream') throw new Error(`${id} is not a stream`)
    const given = await serviceCall(handler, parseInput(handler, input), attest(caller))
    yield* handler.run({ ...given, signal, lastEventId })
  }

  return { run, call, stream }
}

/** The tables of a desk that change when its server was asked for something, did it, or answers again. */
const REMOTE = ['outbox', 'sync_state'] as const
