import { refuse } from '#shared/errors.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import { invoicePdfCarrier } from './billing/invoices/document/pdf-carrier.ts'
import type { Reader, Store } from './database/store.ts'
import { createDocumentPrinter } from './documents/document-printer.ts'
import { coreHandlers, type HostServices, jobKinds } from './features.ts'
import { createJobRunner, inlineJobs, type JobRunner } from './jobs/job-runner.ts'
import { threadedJobs } from './jobs/job-thread.ts'
import { createHeadSigner } from './log/head-signer.ts'
import { notifyJobOver } from './notify/job-over.ts'
import { type Background, createBackground } from './runtime/background.ts'
import { type Bugs, createBugs } from './runtime/bugs.ts'
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
import { watchThreads } from './runtime/thread-watch.ts'
import type { ThreadDatabase, Threads } from './runtime/threads.ts'
import type { Timer } from './runtime/timer.ts'
import { createSyncClient, type SyncClient } from './sync/client.ts'
import { createOutbox } from './sync/outbox.ts'
import type { SyncServer } from './sync/protocol.ts'
import { createSyncServer, type Desk } from './sync/server.ts'
import { replayAfterMigration, type Settled } from './sync/settle.ts'
import { housekeepingDue } from './workspace/housekeeping.ts'
import { keysFound } from './workspace/keys.ts'
import { createProofs } from './workspace/proofs.ts'

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
  readonly timer: Timer
  /** Threads for jobs, heavy reads and checkpoints; without them everything runs in this one. */
  readonly threads?: { readonly start: Threads['start']; readonly database: ThreadDatabase }
  readonly services: HostServices
}

export interface Core {
  readonly workspace: Id
  readonly live: LiveFeed
  readonly jobs: JobRunner
  readonly handlers: ReadonlyMap<string, Handler>
  /** Unexpected failures of this run; a transport notes its own with the reference that a person was shown. */
  readonly bugs: Bugs
  readonly background: Background
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

/** Bytes that jobs leave on the disk: what they staged can be removed and people can work on. */
const ROOM_FOR_CLEANING = 32 * 1024 * 1024
/** Where the state of a job could not be stored, it is tried again after so many milliseconds. */
const STORE_AGAIN_AFTER = 5000

/** Puts the application together over one workspace. Knows no transport. */
export function createCore(parts: CoreParts): Core {
  const { workspace, clock } = parts
  const { environment } = parts.services
  const notifies = parts.services.carriers.some(carrier => carrier.kind === 'notification')
  const live = createLiveFeed(undefined, clock.now().toString(36))
  const bugs = createBugs(clock.now)
  const proofs = createProofs(clock.now, parts.services.random)
  const startedAt = clock.now()
  const threads = parts.threads && {
    ...watchThreads(parts.threads.start, clock.now),
    database: parts.threads.database,
  }
  const store: Store = {
    ...parts.store,
    async write(of, urgency, work) {
      const value = await parts.store.write(of, urgency, work)
      background.written()
      return value
    },
  }
  const printer = createDocumentPrinter(threads?.start ?? null)
  const carriers = [
    ...parts.services.carriers,
    invoicePdfCarrier({
      store,
      workspace,
      environment,
      printer,
      now: clock.now,
      done: async (invoiceId, documentId, digest) => {
        await callById('billing.invoice.pdfDone', { invoiceId, documentId, digest }, SYSTEM)
      },
    }),
  ]
  const changed = (tables: ReadonlySet<string>, bulk = false, version = 0n): void => {
    live.announce(version, tables, bulk)
    if (tables.has('effects')) background.effectsChanged()
  }
  const background = createBackground({
    store: parts.store,
    workspace,
    timer: parts.timer,
    now: clock.now,
    carriers,
    threads: threads ?? null,
    housekeeping: {
      due: () => store.read(workspace, reader => housekeepingDue(reader, environment, clock.now())),
      run: async () => {
        const done = await callById('workspace.housekeeping.run', {}, SYSTEM)
        return (done as { more: boolean }).more
      },
    },
    changed: tables => changed(tables),
    onBug: (where, error, reference) => bug(where, error, reference),
  })
  function bug(where: string, error: unknown, reference: string): void {
    bugs.note({ where, error, reference })
    parts.log('error', `${where} failed`, { reference, error: describe(error) })
  }
  const outbox = createOutbox({ store, workspace, run, committed: tables => live.announce(0n, tables) })
  const handlers = byId(
    coreHandlers({
      ...parts.services,
      carriers,
      printer,
      live,
      outbox,
      proofs,
      monotonic: clock.monotonic,
      inside: {
        startedAt,
        bugs,
        threads: () => threads?.states() ?? [],
        checkpoints: background.checkpoints,
      },
    }),
  )
  const readerThread: ReaderThread | null = threads
    ? createReaderThread(threads.start, { role: 'reader', database: threads.database, workspace }, parts.log)
    : null

  const runner = createRunner({
    store,
    workspace,
    commands: handlers,
    now: clock.now,
    newId: parts.newId,
    keysKept: parts.services.keys !== null,
    committed(version, tables) {
      changed(tables, false, version)
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
        timer: parts.timer,
        committed: tables => live.announce(0n, tables),
        onFailure: error =>
          parts.log('error', 'the end of the log was not signed', { error: describe(error) }),
      })
    : null
  const jobs = createJobRunner({
    store,
    workspace,
    kinds: jobKinds,
    startJob: threads ? threadedJobs(threads.start) : inlineJobs,
    now: clock.now,
    monotonic: clock.monotonic,
    call: (id, input, caller) => callById(id, input, caller),
    changed,
    // Where nobody can show a notification none is asked for, so that none waits for ever.
    over: async (tx, jobId) => {
      if (notifies) await notifyJobOver(tx, jobId, environment, clock.now())
    },
    onBug: (error, jobId) => bug('job', error, jobId),
    hasRoom: () => (parts.services.freeBytes?.() ?? ROOM_FOR_CLEANING) >= ROOM_FOR_CLEANING,
    pause: signal =>
      new Promise(resolve => {
        const cancel = parts.timer.after(STORE_AGAIN_AFTER, resolve)
        signal.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      }),
  })

  function handlerOf(id: string): Handler {
    const handler = handlers.get(id)
    if (!handler) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'capability', id })
    return handler
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
      return await runner.run(id, input, { ...caller, commandId })
    } catch (error) {
      parts.log('warn', 'a command did not run', { command: id, commandId, error: describe(error) })
      throw error
    }
  }

  async function callById(id: string, input: unknown, said: Caller): Promise<unknown> {
    const caller = attest(said)
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
          ? await timed(() => readerThread.query(id, parsed, caller, clock.now()))
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

  /** How long a person waited for the reader thread; it waits and runs out of our sight. */
  async function timed<T>(work: () => Promise<T>): Promise<T> {
    const since = clock.monotonic()
    try {
      return await work()
    } finally {
      parts.services.waits.onWait('heavy', 0, clock.monotonic() - since)
    }
  }

  async function serviceCall(handler: Handler, input: unknown, caller: Caller) {
    const actor = await store.read(workspace, reader =>
      loadActor(reader as never, caller, capabilityOf(handler.leaf)),
    )
    authorise(capabilityOf(handler.leaf), actor, caller)
    // A repeat of the same intention runs the same commands, so that they are recognised.
    let ordinal = 0
    const { commandId } = caller
    const nextId = () => (commandId === undefined ? parts.newId() : idFromCommand(commandId, ordinal++))
    return {
      input: input as never,
      actor,
      caller,
      now: clock.now(),
      // What a service reads is observed as what a query reads, so that its pages are live too.
      read: <T>(work: (reader: Reader) => Promise<T>) =>
        store.read(workspace, async reader => {
          const value = await work(reader)
          live.observe(capabilityOf(handler.leaf).id, reader.touched.read)
          return value
        }),
      run: (leaf: Leaf, inner: unknown) =>
        callById(capabilityOf(leaf).id, inner, { ...caller, commandId: nextId() }) as never,
      runInternal: (leaf: Leaf, inner: unknown) =>
        callById(capabilityOf(leaf).id, inner, { ...caller, commandId: nextId(), system: true }) as never,
    }
  }

  /** The slots of the database may have changed while the core was not there. */
  async function noteKeysFound(): Promise<void> {
    const { keys } = parts.services
    if (!keys) return
    const state = await store.read(workspace, reader =>
      reader.db
        .selectFrom('workspace_state')
        .select(['authority', 'recovery_confirmed_at'])
        .executeTakeFirst(),
    )
    const found = state && (await keysFound(keys, state))
    if (found) await callById('workspace.keys.note', found, SYSTEM)
  }

  return {
    workspace,
    live,
    jobs,
    handlers,
    bugs,
    background,
    call: (leaf, input, caller) => callById(capabilityOf(leaf).id, input, caller) as never,
    callById,
    run,
    async *stream(id, input, caller, signal, lastEventId) {
      const handler = handlerOf(id)
      if (handler.kind !== 'stream') throw new Error(`${id} is not a stream`)
      const call = await serviceCall(handler, parseInput(handler, input), attest(caller))
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
      await noteKeysFound()
      background.start()
    },
    async close() {
      live.close()
      await jobs.close()
      await background.close()
      await heads?.close()
      readerThread?.close()
      printer.close()
      await store.close()
    },
  }
}

const SYSTEM: Caller = { person: null, device: 'core', assurance: 'system', system: true }

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
