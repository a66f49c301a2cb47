import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Store } from './database/store.ts'
import { coreHandlers, type HostServices, jobKinds } from './features.ts'
import { createJobRunner, inlineJobs, type JobRunner } from './jobs/job-runner.ts'
import { threadedJobs } from './jobs/job-thread.ts'
import { createHeadSigner } from './log/head-signer.ts'
import { authorise, loadActor, parseInput } from './runtime/checks.ts'
import {
  byId,
  type Caller,
  capabilityOf,
  type Handler,
  type Leaf,
  type OutputOf,
  type RawInputOf,
} from './runtime/handlers.ts'
import { createLiveFeed, type LiveFeed } from './runtime/live.ts'
import { runQuery } from './runtime/query-runner.ts'
import { createReaderThread, type ReaderThread } from './runtime/reader-thread.ts'
import { type CommandAnswer, createRunner } from './runtime/runner.ts'
import type { ThreadDatabase, Threads } from './runtime/threads.ts'
import { createSyncClient, type SyncClient } from './sync/client.ts'
import { createOutbox } from './sync/outbox.ts'
import type { SyncServer } from './sync/protocol.ts'
import { createSyncServer, type Desk } from './sync/server.ts'
import { replayAfterMigration, type Settled } from './sync/settle.ts'

/** Time as the core sees it: passed in, so that a test can run a year in a second. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): bigint
  /** For durations, in milliseconds; never goes back. */
  monotonic(): number
}

/** Where the core writes what is not for people: bugs with the command's id, never a secret. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, facts?: Record<string, unknown>) => void

export interface CoreParts {
  readonly workspace: Id
  readonly store: Store
  readonly clock: Clock
  /** Makes an id for a command that comes without one. */
  readonly newId: () => Id
  readonly log: Log
  /** Threads for jobs, heavy reads and checkpoints; without them everything runs in this one. */
  readonly threads?: { readonly start: Threads['start']; readonly database: ThreadDatabase }
  readonly services: HostServices
}

export interface Core {
  readonly workspace: Id
  readonly live: LiveFeed
  readonly jobs: JobRunner
  readonly handlers: ReadonlyMap<string, Handler>
  /** Calls a capability with raw input. Throws a Refusal for an expected failure. */
  call<L extends Leaf>(leaf: L, input: RawInputOf<L>, caller: Caller): Promise<OutputOf<L>>
  /** The same by id, for transports. `parsed` when the transport checked the input already. */
  callById(id: string, input: unknown, caller: Caller): Promise<unknown>
  /** Runs a command and says also whether it was a repeat. */
  run(id: string, input: unknown, caller: Caller): Promise<CommandAnswer>
  /** This workspace's half of sync with a server, however that is reached; for a connected workspace. */
  connect(server: SyncServer): SyncClient
  /** The authority's half of sync, for one authenticated desk. */
  serveDesk(desk: Desk): SyncServer
  /** Follows a stream. */
  stream(
    id: string,
    input: unknown,
    caller: Caller,
    signal?: AbortSignal,
    lastEventId?: string,
  ): AsyncIterable<unknown>
  start(): Promise<void>
  close(): Promise<void>
}

/** Puts the application together over one workspace. Knows no transport. */
export function createCore(parts: CoreParts): Core {
  const { store, workspace, clock } = parts
  const live = createLiveFeed()
  const outbox = createOutbox({ store, workspace, run, committed: tables => live.announce(0n, tables) })
  const handlers = byId(coreHandlers({ ...parts.services, live, outbox }))
  const readerThread: ReaderThread | null = parts.threads
    ? createReaderThread(
        parts.threads.start,
        { role: 'reader', database: parts.threads.database, workspace },
        parts.log,
      )
    : null

  const runner = createRunner({
    store,
    workspace,
    commands: handlers,
    now: clock.now,
    newId: parts.newId,
    committed(version, tables) {
      live.announce(version, tables)
      if (tables.has('jobs')) jobs.wake()
      heads?.wake()
    },
  })
  const heads = parts.services.logHeads
    ? createHeadSigner({
        ...parts.services.logHeads,
        store,
        workspace,
        now: clock.now,
        committed: tables => live.announce(0n, tables),
        onFailure: error =>
          parts.log('error', 'the end of the log was not signed', { error: describe(error) }),
      })
    : null
  const jobs = createJobRunner({
    store,
    workspace,
    kinds: jobKinds,
    startJob: parts.threads ? threadedJobs(parts.threads.start) : inlineJobs,
    now: clock.now,
    monotonic: clock.monotonic,
    call: (id, input, caller) => callById(id, input, caller),
    changed: (tables, bulk) => live.announce(0n, tables, bulk),
    onBug: (error, jobId) => parts.log('error', 'a job failed', { jobId, error: describe(error) }),
  })

  function handlerOf(id: string): Handler {
    const handler = handlers.get(id)
    if (!handler) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'capability', id })
    return handler
  }

  async function run(id: string, input: unknown, caller: Caller): Promise<CommandAnswer> {
    const commandId = caller.commandId ?? parts.newId()
    try {
      return await runner.run(id, input, { ...caller, commandId })
    } catch (error) {
      parts.log('warn', 'a command did not run', { command: id, commandId, error: describe(error) })
      throw error
    }
  }

  async function callById(id: string, input: unknown, caller: Caller): Promise<unknown> {
    const handler = handlerOf(id)
    if (handler.kind === 'command') {
      const answer = await run(id, input, caller)
      if (answer.outcome === 'done') return answer.result
      if (answer.outcome === 'requested') throw refuse('SYNC_REQUESTED', { commandId: answer.commandId })
      const { code, data } = answer.result as { code: string; data: unknown }
      throw refuse(code, data)
    }
    const parsed = parseInput(handler, input)
    if (handler.kind === 'query') {
      const answer =
        capabilityOf(handler.leaf).heavy && readerThread
          ? await readerThread.query(id, parsed, caller, clock.now())
          : await runQuery(store, workspace, handler, parsed, caller, clock.now())
      live.observe(id, answer.tables)
      return answer.value
    }
    if (handler.kind === 'stream') throw new Error(`${id} is a stream`)
    return handler.run(await serviceCall(handler, parsed, caller))
  }

  function noteHeld(held: Settled['held']): void {
    for (const { id, failure } of held)
      parts.log('info', 'a pending command did not run again here', {
        commandId: id,
        error: describe(failure),
      })
  }

  async function serviceCall(handler: Handler, input: unknown, caller: Caller) {
    const actor = await store.read(workspace, reader =>
      loadActor(reader as never, caller, capabilityOf(handler.leaf)),
    )
    authorise(capabilityOf(handler.leaf), actor, caller)
    return {
      input: input as never,
      actor,
      caller,
      now: clock.now(),
      read: <T>(work: Parameters<typeof store.read<T>>[1]) => store.read(workspace, work),
      run: (leaf: Leaf, inner: unknown) =>
        callById(capabilityOf(leaf).id, inner, { ...caller, commandId: parts.newId() }) as never,
      runInternal: (leaf: Leaf, inner: unknown) =>
        callById(capabilityOf(leaf).id, inner, {
          ...caller,
          commandId: parts.newId(),
          system: true,
        }) as never,
    }
  }

  return {
    workspace,
    live,
    jobs,
    handlers,
    call: (leaf, input, caller) => callById(capabilityOf(leaf).id, input, caller) as never,
    callById,
    run,
    async *stream(id, input, caller, signal, lastEventId) {
      const handler = handlerOf(id)
      if (handler.kind !== 'stream') throw new Error(`${id} is not a stream`)
      const call = await serviceCall(handler, parseInput(handler, input), caller)
      yield* handler.run({ ...call, signal, lastEventId })
    },
    connect: server =>
      createSyncClient({
        store,
        workspace,
        server,
        replay: runner.replay,
        now: clock.now,
        committed: tables => live.announce(0n, tables),
        held: held => noteHeld(held),
      }),
    serveDesk: desk =>
      createSyncServer(
        {
          store,
          workspace,
          commands: handlers,
          run,
          // The log has the command's id with the error already: that is the reference.
          onBug: (_, commandId) => commandId,
        },
        desk,
      ),
    async start() {
      noteHeld(await replayAfterMigration(store, workspace, runner.replay))
      await heads?.start()
      await jobs.recover()
      jobs.wake()
    },
    async close() {
      live.close()
      await jobs.close()
      await heads?.close()
      readerThread?.close()
      await store.close()
    },
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
