import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { z } from 'zod'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import { createJobRunner, inlineJobs, type StartJob } from '#core/jobs/job-runner.ts'
import { authorise, parseInput } from '#core/runtime/checks.ts'
import {
  byId,
  type Caller,
  capabilityOf,
  type Leaf,
  type OutputOf,
  type RawInputOf,
} from '#core/runtime/handlers.ts'
import { runQuery } from '#core/runtime/query-runner.ts'
import { createRunner } from '#core/runtime/runner.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import { type TestDatabase, testClock, testIds, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { importJob, sweepJob } from '../import-job.ts'
import { importHandlers } from '../index.ts'

const SYSTEM: Caller = { person: null, device: 'test', assurance: 'system', system: true }

type StartInput = Partial<z.input<NonNullable<(typeof contract.start)['~orpc']['inputSchema']>>>

/** Imports over a store, with their commands, queries and jobs, and nothing else of the core. */
export async function importKit(database: TestDatabase, options: KitOptions = {}) {
  const clock = testClock()
  const made = await testStore(database, clock, { fresh: options.fresh ?? false })
  const { store, remove } = made
  await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bills-'))
  const kit = importsOver(store, clock, folder, options)
  return {
    ...kit,
    /** Of the database, on SQLite. */
    get path() {
      return made.path
    },
    async close() {
      await kit.close()
      await remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface KitOptions {
  /** For tests of the file itself. */
  readonly fresh?: boolean
  /** Is called before each write of a job, with its name and number from 1; may throw. */
  readonly beforeChunk?: (name: string, number: number, jobId: string) => void | Promise<void>
}

/** Imports over a store that is open, with bills in a folder. */
export function importsOver(
  store: Store,
  clock: Pick<ReturnType<typeof testClock>, 'now' | 'monotonic'>,
  folder: string,
  { beforeChunk }: KitOptions = {},
  newId = testIds(clock as ReturnType<typeof testClock>),
) {
  const released: string[] = []
  const files = {
    find: (handle: string) => ({ name: handle, path: join(folder, handle) }),
    forExport: (name: string) => ({ handle: name, name, path: join(folder, name) }),
    release: (handle: string) => void released.push(handle),
  }
  const bugs: unknown[] = []
  const handlers = byId(importHandlers({ files, environment: {} }))
  const runner = createRunner({
    ...{ store, workspace: WORKSPACE, commands: handlers, now: clock.now, newId },
    committed: (_, tables) => {
      if (tables.has('jobs')) jobs.wake()
    },
  })
  const call = async (id: string, input: unknown): Promise<unknown> => {
    const handler = handlers.get(id)
    if (!handler) throw new Error(`no handler of ${id}`)
    if (handler.kind === 'command') {
      const { outcome, result } = await runner.run(id, input, { ...SYSTEM, commandId: newId() })
      if (outcome === 'done') return result
      const { code, data } = result as { code: string; data: unknown }
      throw refuse(code, data)
    }
    const parsed = parseInput(handler, input)
    if (handler.kind === 'query') {
      return (await runQuery(store, WORKSPACE, handler, parsed, SYSTEM, clock.now())).value
    }
    authorise(capabilityOf(handler.leaf), null, SYSTEM)
    const service = handler.run as (call: unknown) => Promise<unknown>
    return service({ input: parsed, read: (work: never) => store.read(WORKSPACE, work) })
  }
  let chunks = 0
  const startJob: StartJob = (kind, context) =>
    inlineJobs(kind, {
      ...context,
      async submit(name, data, transfer) {
        await beforeChunk?.(name, ++chunks, context.jobId)
        return context.submit(name, data, transfer)
      },
    })
  const jobs = createJobRunner({
    ...{
      store,
      workspace: WORKSPACE,
      startJob,
      now: clock.now,
      monotonic: clock.monotonic,
      call,
    },
    ...{ over: async () => {} },
    kinds: new Map([importJob, sweepJob].map(kind => [kind.name, kind as never])),
    changed: () => {},
    onBug: error => bugs.push(error),
  })
  const ask = <L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>> =>
    call(capabilityOf(leaf).id, input) as never

  return {
    ...{ store, clock, jobs, bugs, folder, ask, released },
    /** Puts a file where the host would have staged it. */
    file(name: string, content: string | Uint8Array, gzip = false) {
      writeFileSync(join(folder, name), gzip ? gzipSync(content) : content)
    },
    /** Brings a file in and waits. Gives the job's result, or throws its failure as a refusal. */
    async bring(
      fileId: string,
      input: StartInput = {},
    ): Promise<{ importId: string; already: boolean; jobId: string }> {
      const { jobId } = await ask(contract.start, {
        fileId,
        fileName: fileId,
        mode: 'all-or-nothing',
        ...input,
      })
      await jobs.idle()
      return { ...outcomeOf(await jobRow(store, jobId)), jobId }
    },
    job: (id: string) => jobRow(store, id),
    /** What explorers would see: lines and amounts of published batches. */
    async visible() {
      return store.read(WORKSPACE, async reader => {
        const rows = await reader.db
          .selectFrom('cost_batches')
          .select(['file_name', 'lines', 'source', 'account', 'state'])
          .where('state', '=', 'published')
          .orderBy('file_name')
          .orderBy('id')
          .execute()
        return rows
          .map(row => `${row.file_name}: ${row.lines} lines of ${row.source} ${row.account ?? '-'}`)
          .sort()
      })
    },
    /** Numbers of rows of each table that an import writes. */
    async stored() {
      return store.read(WORKSPACE, async reader => {
        const count = async (
          table: 'imports' | 'cost_batches' | 'cost_segments' | 'cost_rollups' | 'import_problems',
        ) => {
          const { n } = await reader.db
            .selectFrom(table)
            .select(({ fn }) => fn.countAll<bigint>().as('n'))
            .executeTakeFirstOrThrow()
          return Number(n)
        }
        return {
          imports: await count('imports'),
          batches: await count('cost_batches'),
          segments: await count('cost_segments'),
          rollUps: await count('cost_rollups'),
          problems: await count('import_problems'),
        }
      })
    },
    async close() {
      await jobs.close()
      await store.close()
    },
  }
}

export type ImportKit = Awaited<ReturnType<typeof importKit>>

async function jobRow(store: Store, id: string) {
  return store.read(WORKSPACE, reader =>
    reader.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  )
}

function outcomeOf(row: Awaited<ReturnType<typeof jobRow>>): { importId: string; already: boolean } {
  if (row.state === 'done') return fromCanonical(row.result ?? 'null')
  const failure = fromCanonical<{ code: string; message: string; data: unknown }>(
    row.failure ?? '{"code":"NONE"}',
  )
  throw refuse(failure.code, failure.data, failure.message)
}
