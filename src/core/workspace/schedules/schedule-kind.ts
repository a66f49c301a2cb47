import type { z } from 'zod'
import type { Leaf, OutputOf, RawInputOf } from '#core/runtime/handlers.ts'
import type { ScheduleRun, Timing } from '#shared/contract/workspace/schedules.ts'
import type { Id } from '#shared/ids.ts'
import type { Role } from '#shared/permissions.ts'
import { type Times, timesOf } from './timing.ts'

export type Summary = NonNullable<ScheduleRun['summary']>

/** What a run is given. */
export interface ScheduleCall<I> extends ScheduleLook {
  readonly input: I
  readonly scheduleId: Id
  readonly runId: Id
  /** The time that the run is for: what it does follows from this, and not from when it is done. */
  readonly plannedAt: bigint
  readonly zone: string
  readonly now: () => bigint
  /** Aborted when the host stops, or when another one took the run over. */
  readonly signal: AbortSignal
  /**
   * Gives the one command of this try, in the core's own name. Its id is made of schedule, planned time and try,
   * so that a try that is begun twice is carried out once.
   */
  command<L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>>
}

/** What a look at begun work is given. */
export interface ScheduleLook {
  query<L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>>
}

/** How far a run is: over, or begun and going on by itself under a reference. */
export type ScheduleStep =
  | { readonly over: true; readonly summary: Summary }
  | { readonly over: false; readonly reference: unknown }

/** Thrown by a run whose time has not come after all. It is no failure, and it is tried again then. */
export class TryAgainAt extends Error {
  readonly at: bigint
  readonly reason: { readonly code: string; readonly data: unknown }
  constructor(at: bigint, reason: TryAgainAt['reason']) {
    super(`tried again at ${at}: ${reason.code}`)
    this.name = 'TryAgainAt'
    this.at = at
    this.reason = reason
  }
}

/** Something that can be done at given times. A feature makes one and lists it in `features.ts`, or a host passes it. */
export interface ScheduleKind<I = unknown> {
  /** Never changes once it is released: it stands in rows. */
  readonly name: string
  readonly input: z.ZodType<I>
  /** Who may change schedules of this kind, besides admins. */
  readonly roles: readonly Role[]
  /** When it is due. */
  due(timing: Timing, zone: string): Times
  /**
   * Does it, or begins it.
   * @throws Refusal or any error when it failed: it is tried again with growing pauses; TryAgainAt
   */
  run(call: ScheduleCall<I>): Promise<ScheduleStep>
  /**
   * How far begun work is. It is asked whenever jobs change.
   * @throws Refusal when the work failed
   */
  look?(reference: unknown, call: ScheduleLook): Promise<ScheduleStep>
}

/** Makes a kind whose times are those of its timing. What its input is, only itself knows from then on. */
export function scheduleKind<I>(kind: Omit<ScheduleKind<I>, 'due'>): ScheduleKind {
  return { due: timesOf, ...kind } as unknown as ScheduleKind
}

export type ScheduleKinds = ReadonlyMap<string, ScheduleKind>

/** Kinds by their name. */
export function kindsByName(kinds: readonly ScheduleKind[]): ScheduleKinds {
  return new Map(kinds.map(kind => [kind.name, kind]))
}
