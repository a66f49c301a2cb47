import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Settings } from '#shared/settings.ts'
import { createCustomerKeys } from './billing/customers/customer-keys.ts'
import { createEntitlementCache } from './billing/entitlements/entitlement-cache.ts'
import { fetchRatesCarrier } from './billing/exchange/fetch-carrier.ts'
import { invoicePdfCarrier } from './billing/invoices/document/pdf-carrier.ts'
import { sentDocumentCarrier } from './billing/payments/documents/sent-documents.ts'
import { providerCarriers } from './billing/providers/carriers.ts'
import { providersOf } from './billing/providers/payment-provider.ts'
import { vatCarrier } from './billing/tax/vat-carrier.ts'
import { fencedStore, LeaseLost } from './database/lease-rows.ts'
import { tableNames } from './database/schema.ts'
import type { Store, Tx } from './database/store.ts'
import { createDocumentPrinter } from './documents/document-printer.ts'
import { coreHandlers, type HostServices, jobKinds, scheduleKindsOf } from './features.ts'
import { createJobRunner, inlineJobs, type JobRunner } from './jobs/job-runner.ts'
import { threadedJobs } from './jobs/job-thread.ts'
import { createHeadSigner } from './log/head-signer.ts'
import { deliveryCarriers } from './notify/channels/carriers.ts'
import { type Announcer, createAnnouncer } from './notify/desktop.ts'
import { notifyJobOver } from './notify/job-over.ts'
import { planCarrier } from './notify/plan.ts'
import { type Background, createBackground } from './runtime/background.ts'
import { type Bugs, createBugs, describeError } from './runtime/bugs.ts'
import { createCalls } from './runtime/calls.ts'
import {
  byId,
  type Caller,
  capabilityOf,
  type Fence,
  type Handler,
  type Leaf,
  type OutputOf,
  type RawInputOf,
} from './runtime/handlers.ts'
import type { Kept } from './runtime/kept.ts'
import { createKeptAnswers } from './runtime/kept-answers.ts'
import { createLiveFeed, type LiveFeed } from './runtime/live.ts'
import { createReaderThread, type ReaderThread } from './runtime/reader-thread.ts'
import { type CommandAnswer, createRunner } from './runtime/runner.ts'
import { watchThreads } from './runtime/thread-watch.ts'
import type { ThreadDatabase, Threads } from './runtime/threads.ts'
import type { Timer } from './runtime/timer.ts'
import { type CoreWatch, UNWATCHED } from './runtime/watch.ts'
import { createSyncClient, type SyncClient, type SyncClientParts } from './sync/client.ts'
import { createContentReader } from './sync/content-reader.ts'
import type { Desk } from './sync/desk.ts'
import { createOutbox } from './sync/outbox.ts'
import type { SyncServer } from './sync/protocol.ts'
import { createPublisher } from './sync/publisher.ts'
import { createUploadReceiver, type UploadReceiver } from './sync/receive-upload.ts'
import { createSyncServer } from './sync/server.ts'
import { replayAfterMigration, type Settled } from './sync/settle.ts'
import { housekeepingDue } from './workspace/housekeeping.ts'
import { keysFound } from './workspace/keys.ts'
import { createProofs } from './workspace/proofs.ts'
import { createScheduleRunner, type ScheduleRunner } from './workspace/schedules/schedule-runner.ts'

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
  readonly threads?: {
    readonly start: Threads['start']
    /** Null where the host's threads know how to reach it; such a database has no checkpoints of ours. */
    readonly database: ThreadDatabase | null
  }
  readonly services: HostServices
  /** Follows what the core does, for the host's traces and measures. */
  readonly watch?: CoreWatch
}

export interface Core {
  readonly workspace: Id
  readonly live: LiveFeed
  readonly jobs: JobRunner
  readonly handlers: ReadonlyMap<string, Handler>
  /** Unexpected failures of this run; a transport notes its own with the reference that a person was shown. */
  readonly bugs: Bugs
  readonly background: Background
  /** What runs at given times; it rests until this core does the work in the background. */
  readonly schedules: ScheduleRunner
  /** Calls a capability with raw input. Throws a Refusal for an expected failure. */
  call<L extends Leaf>(leaf: L, input: RawInputOf<L>, caller: Caller): Promise<OutputOf<L>>
  /** The same by id, for transports. `parsed` when the transport checked the input already. */
  callById(id: string, input: unknown, caller: Caller): Promise<unknown>
  /** Runs a command and says also whether it was a repeat. */
  run(id: string, input: unknown, caller: Caller): Promise<CommandAnswer>
  /** This workspace's half of sync with a server, however that is reached; for a connected workspace. */
  connect(server: SyncServer, parts?: Pick<SyncClientParts, 'sign'>): SyncClient
  /** The number of the last change: on a server what desks can pull up to. */
  version(): Promise<bigint>
  /** Takes a standalone workspace that is uploaded to this one; for a server. */
  readonly uploads: UploadReceiver
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
  /**
   * Makes ready to answer.
   * @param options.leads false where another process may do this workspace's work in the background: jobs,
   *   effects, signed ends of the log, housekeeping. It is begun by `lead`.
   */
  start(options?: { readonly leads?: boolean }): Promise<void>
  /**
   * Another process committed to this workspace: what is kept in memory is out of date, live views are told.
   * @param tables which it changed; null where that is not known
   */
  heard(tables: Iterable<string> | null, version: bigint): void
  /**
   * Begins the work in the background: only one process may do it for a workspace.
   * @param fence throws `LeaseLost` in a transaction where that is another one by now
   */
  lead(fence?: Fence): Promise<void>
  close(): Promise<void>
}

/** Bytes that jobs leave on the disk: what they staged can be removed and people can work on. */
const ROOM_FOR_CLEANING = 32 * 1024 * 1024
/** Where the state of a job could not be stored, it is tried again after so many milliseconds. */
const STORE_AGAIN_AFTER = 5000

/** Puts the application together over one workspace. Knows no transport. */
export function createCore(parts: CoreParts): Core {
  const { workspace, clock, watch = UNWATCHED } = parts
  const { environment } = parts.services
  const live = createLiveFeed(undefined, clock.now().toString(36))
  const bugs = createBugs(clock.now)
  const proofs = createProofs(clock.now, parts.services.random)
  const startedAt = clock.now()
  let leads = false
  let fence: Fence = async () => {}
  const entitlements = createEntitlementCache()
  const customerKeys = createCustomerKeys()
  const answers = createKeptAnswers()
  const kept: readonly Kept[] = [entitlements, customerKeys, answers]
  const threads = parts.threads && {
    ...watchThreads(parts.threads.start, clock.now),
    database: parts.threads.database,
  }
  const store: Store = {
    ...parts.store,
    async write(of, urgency, work, together) {
      let changed: ReadonlySet<string> = new Set()
      const value = await watch.follow({ kind: 'write', id: urgency }, () =>
        parts.store.write(
          of,
          urgency,
          tx => {
            changed = tx.touched.changed
            return work(tx)
          },
          together,
        ),
      )
      for (const one of kept) one.committed(changed)
      background.written()
      return value
    },
    read(of, work) {
      const at = kept.map(one => one.opening())
      return watch.follow({ kind: 'read', id: 'person' }, () =>
        parts.store.read(of, reader => {
          kept.forEach((one, i) => void one.opened(reader, at[i] as number))
          return work(reader)
        }),
      )
    },
  }
  // All that only one process may do for the workspace writes through it: effects, schedules, signed ends of the log,
  // publication. Whoever lost the lease meanwhile stores nothing more, whatever it still believes.
  const leading = (tx: Tx) => fence(tx)
  const fenced = fencedStore(store, leading)
  const AS_LEADER: Caller = { ...SYSTEM, fence: leading }
  const printer = createDocumentPrinter(threads?.start ?? null)
  const { desktop, publicUrl = null, trustedCertificates: trusted } = parts.services
  const notes = {
    ...{ store: fenced, workspace, environment, publicUrl, now: clock.now },
    changed: (tables: ReadonlySet<string>) => changed(tables),
    allowPrivate: (settings: Settings) => mayBePrivate(parts.services, settings),
    ...(trusted ? { trusted } : {}),
  }
  const announcer: Announcer | null = desktop
    ? createAnnouncer({
        ...{ store, workspace, desktop, now: clock.now },
        onBug: error => bug('desktop notification', error, ''),
      })
    : null
  const carriers = [
    ...parts.services.carriers,
    invoicePdfCarrier({
      store: fenced,
      workspace,
      environment,
      printer,
      now: clock.now,
      done: async (invoiceId, documentId, digest) => {
        await calls.call('billing.invoice.pdfDone', { invoiceId, documentId, digest }, AS_LEADER)
      },
    }),
    sentDocumentCarrier({ store: fenced, workspace, environment, printer, now: clock.now }),
    ...providerCarriers({
      ...{ store: fenced, workspace, providers: providersOf(parts.services) },
      paymentTold: async (paymentId, outcome) => {
        await calls.call('billing.payment.told', { paymentId, outcome }, AS_LEADER)
      },
      refundTold: async (refundId, outcome) => {
        await calls.call('billing.refund.told', { refundId, outcome }, AS_LEADER)
      },
    }),
    ...(parts.services.web
      ? [
          vatCarrier({
            ...{ store: fenced, workspace, environment, web: parts.services.web },
            told: async answer => {
              await calls.call('billing.tax.vatAnswered', answer, AS_LEADER)
            },
          }),
          fetchRatesCarrier({
            web: parts.services.web,
            told: async outcome => {
              await calls.call('billing.exchange.fetched', outcome, AS_LEADER)
            },
          }),
        ]
      : []),
    planCarrier(notes),
    ...deliveryCarriers(notes),
  ]
  /** Pages hear of a commit, and the desktop where it has something new to show. */
  const announce = (tables: ReadonlySet<string>, bulk = false, version = 0n): void => {
    live.announce(version, tables, bulk)
    if (tables.has('inbox') || tables.has('notification_preferences')) announcer?.look()
  }
  const changed = (tables: ReadonlySet<string>, bulk = false, version = 0n): void => {
    announce(tables, bulk, version)
    if (!leads) return
    if (tables.has('effects')) background.effectsChanged()
    if (tables.has('cost_batches') || tables.has('usage_days')) publisher.wake()
    schedules.changed(tables)
  }
  const background = createBackground({
    store: fencedStore(parts.store, leading),
    workspace,
    timer: parts.timer,
    now: clock.now,
    carriers,
    threads: threads?.database ? { start: threads.start, database: threads.database } : null,
    housekeeping: {
      due: () => store.read(workspace, reader => housekeepingDue(reader, environment, clock.now())),
      run: async () => {
        const done = await calls.call('workspace.housekeeping.run', {}, AS_LEADER)
        return (done as { more: boolean }).more
      },
    },
    changed: tables => changed(tables),
    onBug: (where, error, reference) => bug(where, error, reference),
  })
  function bug(where: string, error: unknown, reference: string): void {
    if (error instanceof LeaseLost) {
      parts.log('warn', `${where} ended: another process works for this workspace`, { reference })
      return
    }
    bugs.note({ where, error, reference })
    parts.log('error', `${where} failed`, { reference, error: describeError(error) })
  }
  const outbox = createOutbox({
    store,
    workspace,
    run: (id, input, caller) => calls.run(id, input, caller),
    committed: tables => live.announce(0n, tables),
  })
  const handlers = byId(
    coreHandlers({
      ...parts.services,
      carriers,
      printer,
      live,
      outbox,
      entitlements,
      customerKeys,
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
      if (!leads) return
      if (tables.has('jobs')) jobs.wake()
      heads?.wake()
    },
  })
  const publisher = createPublisher({
    ...{ store: fenced, workspace, timer: parts.timer, now: clock.now, monotonic: clock.monotonic },
    content: readerThread?.content ?? createContentReader(store, workspace),
    // What it notes of its own work must not wake it again.
    committed: tables => live.announce(0n, tables),
    onFailure: error => bug('publishing', error, parts.newId()),
  })
  const calls = createCalls({
    ...{ store, workspace, handlers, runner, proofs, live, readerThread, answers, watch },
    newId: parts.newId,
    remote: async (id, input, { person }) => {
      const { desk } = parts.services
      if (!desk) throw refuse('SYNC_NETWORK_NEEDED', { capability: id, reason: 'SYNC_NOT_CONNECTED' })
      return desk.ask(id, input, person)
    },
    now: clock.now,
    monotonic: clock.monotonic,
    onHeavy: took => parts.services.waits.onWait('heavy', 0, took),
    onFailure: facts => parts.log('warn', 'a command did not run', facts),
  })
  const heads = parts.services.logHeads
    ? createHeadSigner({
        ...parts.services.logHeads,
        store: fenced,
        workspace,
        now: clock.now,
        timer: parts.timer,
        committed: tables => live.announce(0n, tables),
        onFailure: error => {
          const level = error instanceof LeaseLost ? 'warn' : 'error'
          parts.log(level, 'the end of the log was not signed', { error: describeError(error) })
        },
      })
    : null
  const jobs = createJobRunner({
    store,
    workspace,
    kinds: jobKinds,
    startJob: threads ? threadedJobs(threads.start) : inlineJobs,
    now: clock.now,
    monotonic: clock.monotonic,
    call: (id, input, caller) => calls.call(id, input, caller),
    changed,
    fence: leading,
    over: (tx, jobId) => notifyJobOver(tx, jobId, environment, clock.now()),
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

  const schedules = createScheduleRunner({
    store: fenced,
    workspace,
    kinds: scheduleKindsOf(parts.services),
    timer: parts.timer,
    now: clock.now,
    newHolder: parts.newId,
    call: (id, input, caller) => calls.call(id, input, { ...caller, fence: leading }),
    changed: tables => changed(tables),
    onBug: (error, runId) => bug('schedule', error, runId),
  })

  function noteHeld(held: Settled['held']): void {
    for (const { id, failure } of held)
      parts.log('info', 'a pending command did not run again here', {
        commandId: id,
        error: describeError(failure),
      })
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
    if (found) await calls.call('workspace.keys.note', found, SYSTEM)
  }

  /** Whoever proved who they are and asks for something is at this desk. */
  async function callById(id: string, input: unknown, caller: Caller): Promise<unknown> {
    const answer = await calls.call(id, input, caller)
    if (announcer && caller.person !== null && !caller.system && !isOpen(id)) announcer.acting(caller.person)
    return answer
  }

  function isOpen(id: string): boolean {
    const handler = handlers.get(id)
    return handler !== undefined && capabilityOf(handler.leaf).open
  }

  async function lead(as: Fence = async () => {}): Promise<void> {
    leads = true
    fence = as
    await heads?.start()
    await jobs.recover()
    jobs.wake()
    background.start()
    await publisher.start()
    schedules.wake()
  }

  return {
    workspace,
    live,
    jobs,
    handlers,
    bugs,
    background,
    schedules,
    call: (leaf, input, caller) => callById(capabilityOf(leaf).id, input, caller) as never,
    callById,
    run: calls.run,
    stream: calls.stream,
    connect: (server, { sign } = {}) =>
      createSyncClient({
        ...(sign ? { sign } : {}),
        store,
        workspace,
        server,
        replay: runner.replay,
        now: clock.now,
        committed: tables => announce(tables),
        held: held => noteHeld(held),
      }),
    version: () =>
      store.read(workspace, async reader => {
        const { version } = await reader.db
          .selectFrom('workspace_state')
          .select('version')
          .executeTakeFirstOrThrow()
        return version
      }),
    uploads: createUploadReceiver(store, workspace, () => publisher.wake()),
    serveDesk: desk =>
      createSyncServer(
        {
          store,
          workspace,
          commands: handlers,
          run: calls.run,
          bar: runner.bar,
          now: clock.now,
          // The log has the command's id with the error already: that is the reference.
          onBug: (_, commandId) => commandId,
        },
        desk,
      ),
    async start(options) {
      noteHeld(await replayAfterMigration(store, workspace, runner.replay))
      await noteKeysFound()
      if (options?.leads ?? true) await lead()
    },
    lead,
    heard(tables, version) {
      const changedThere = new Set(tables ?? tableNames)
      for (const one of kept) one.committed(changedThere)
      changed(changedThere, false, version)
      if (!leads) return
      if (changedThere.has('jobs')) jobs.wake()
      heads?.wake()
    },
    async close() {
      live.close()
      await schedules.close()
      await publisher.close()
      await jobs.close()
      await background.close()
      await announcer?.close()
      if (leads) await heads?.close()
      readerThread?.close()
      printer.close()
      await store.close()
    },
  }
}

/** On a server the people of a workspace do not decide where it may be sent: its environment does. */
function mayBePrivate({ host, environment }: HostServices, settings: Settings): boolean {
  if (host.kind === 'backend') return environment['notify.privateAddresses'] === true
  return settings['notify.privateAddresses']
}

const SYSTEM: Caller = { person: null, device: 'core', assurance: 'system', system: true }
