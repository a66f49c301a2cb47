import type { Tx } from '#core/database/store.ts'
import type { Leaf, OutputOf, RawInputOf } from '../runtime/handlers.ts'

/** What a job's worker side is given. It computes; everything that it stores goes through `submit`. */
export interface JobContext<In> {
  readonly jobId: string
  readonly workspace: string
  readonly input: In
  readonly attempt: number
  /** Aborts when somebody cancels the job or the core closes. */
  readonly signal: AbortSignal
  readonly now: () => bigint
  /** Hands a chunk to the writer and waits until it is stored. A chunk should take the writer at most 10 ms. */
  submit(chunk: string, data: unknown, transfer?: ArrayBuffer[]): Promise<unknown>
  /** Asks a query of the contract, as the person who requested the job. */
  query<L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>>
  /** Runs a command as the core itself, in the name of the person who requested the job. */
  command<L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>>
  /** Tells how far it is; shown at most four times a second. */
  progress(done: number | bigint, total: number | bigint | null, phase?: string): void
}

/**
 * A kind of job. `compute` runs in a worker thread where the host has threads; `chunks` and `abandon` run on
 * the writer's side, each in a transaction of its own.
 */
export interface JobKind<In = unknown, Out = unknown> {
  /** The id of the capability that starts it, for example `finops.imports.start`. */
  readonly name: string
  compute(context: JobContext<In>): Promise<Out>
  /** What can be submitted, by name. May await nothing but `tx`. */
  readonly chunks: Readonly<Record<string, (tx: Tx, data: never, job: JobFacts) => Promise<unknown>>>
  /** Removes what an unfinished attempt left behind, after a crash, a failure or a cancel. */
  abandon?(tx: Tx, job: JobFacts): Promise<void>
  /** Chunks that make room: they run on a nearly full disk too. */
  readonly freeing?: readonly string[]
  /** After a crash: `restart` (abandon, then begin again) or `fail`. */
  readonly afterCrash: 'restart' | 'fail'
}

export interface JobFacts {
  readonly jobId: string
  readonly now: bigint
}

/** Gives a job kind its types. */
export function jobKind<In, Out>(kind: JobKind<In, Out>): JobKind<In, Out> {
  return kind
}
