import type { z } from 'zod'
import type { Leaf, OutputOf, RawInputOf } from '#core/runtime/handlers.ts'
import { capabilityOf } from '#core/runtime/handlers.ts'
import type { Asking } from '../asking.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Bytes that are sent as a file. */
export interface FileAnswer {
  readonly fileName: string
  readonly type: string
  readonly bytes: Uint8Array
}

/** What a route is given: the parts of its address as text, and query and body as its schemas read them. */
export interface KnownRequest<Q = Record<string, never>, B = undefined> {
  readonly path: Readonly<Record<string, string>>
  readonly query: Q
  readonly body: B
  readonly asking: Asking
  /** Whether the client would rather have this media type than JSON. */
  prefers(type: string): boolean
  file(answer: FileAnswer): FileAnswer
}

/** An address that users of earlier systems know, answered by capabilities of the contract. */
export interface KnownRoute {
  readonly method: Method
  /** As OpenAPI writes it: `/billing/plans/{id}`. */
  readonly path: string
  readonly summary: string
  /** What it calls: their permissions are its permissions. */
  readonly calls: readonly Leaf[]
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Reads the body in the place of its schema, where the core's own schema checks all of it anyway. */
  readonly read?: (body: unknown) => unknown
  readonly status?: 200 | 201 | 202
  readonly example: {
    readonly path?: Readonly<Record<string, string>>
    readonly query?: Readonly<Record<string, string>>
    readonly body?: unknown
    readonly answer: unknown
  }
  readonly answer: (request: KnownRequest<never, never>) => Promise<unknown>
}

interface Described<Q extends z.ZodObject | undefined, B extends z.ZodType | undefined>
  extends Omit<KnownRoute, 'query' | 'body' | 'answer'> {
  readonly query?: Q
  readonly body?: B
  readonly answer: (
    request: KnownRequest<
      Q extends z.ZodObject ? z.infer<Q> : Record<string, never>,
      B extends z.ZodType ? z.infer<B> : undefined
    >,
  ) => Promise<unknown>
}

/** Describes a route with the types of its query and body. */
export function route<Q extends z.ZodObject | undefined, B extends z.ZodType | undefined>(
  described: Described<Q, B>,
): KnownRoute {
  return described as unknown as KnownRoute
}

/** What a route of earlier systems needs and Quarterdeck does not have yet. */
export type MissingEngine = 'budgets' | 'cost-advice' | 'cost-reports' | 'support' | 'regions'

/** An address that is known and not answered yet: it says what is missing. */
export interface MissingRoute {
  readonly method: Method
  readonly path: string
  readonly engine: MissingEngine
}

/** Answers a query or a service, with the types of the contract. */
export function ask<L extends Leaf>({ asking }: { asking: Asking }, leaf: L, input: RawInputOf<L>) {
  return asking.ask(capabilityOf(leaf).id, input) as Promise<OutputOf<L>>
}

/** Runs a command, with the types of the contract. */
export function run<L extends Leaf>({ asking }: { asking: Asking }, leaf: L, input: RawInputOf<L>) {
  return asking.run(capabilityOf(leaf).id, input) as Promise<OutputOf<L>>
}
