import type { AnyContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract'
import type { Reader, Tx } from '#core/database/store.ts'
import type { Capability } from '#shared/contract/define.ts'
import type { Id } from '#shared/ids.ts'
import type { Role } from '#shared/permissions.ts'
import type { CommandSignature } from '../identity/command-signature.ts'
import type { JobKind } from '../jobs/job.ts'
import type { Expectation } from './expectation.ts'

/** A leaf of the contract. */
export type Leaf = AnyContractProcedure
export type InputOf<L extends Leaf> = InferSchemaOutput<NonNullable<L['~orpc']['inputSchema']>>
export type RawInputOf<L extends Leaf> = InferSchemaInput<NonNullable<L['~orpc']['inputSchema']>>
/** What a handler returns; the contract's schema may still fill in defaults. */
export type OutputOf<L extends Leaf> = InferSchemaInput<NonNullable<L['~orpc']['outputSchema']>>

/** How sure the host is that the actor is who they say: written on every entry of the log. */
export type Assurance = 'keychain' | 'passphrase' | 'key-file' | 'provider' | 'unattested' | 'system'

/** A person in whose name something runs; null for the core's own work before there are people. */
export interface Actor {
  readonly id: Id
  readonly name: string
  readonly roles: readonly Role[]
}

/** A signature that was checked, with the key that made it, hexadecimal. */
export interface SignedBy extends CommandSignature {
  readonly device: string
  readonly publicKey: string
}

/** Where a call comes from. */
export interface Caller {
  readonly person: Id | null
  readonly device: string
  readonly assurance: Assurance
  /** What `workspace.people.actAs` gave to somebody with a passphrase; the core checks it. */
  readonly proof?: string
  /** The stored form of the passphrase that the proof stands for. The core sets it, never a host. */
  readonly attested?: string
  /** The command was authenticated where it was given and comes here by sync. Never set for a direct call. */
  readonly vouched?: boolean
  /** What the device signed for the command: kept beside the log. Sync sets it once it has checked it. */
  readonly signed?: SignedBy
  /**
   * What a program may call that has a token of its own, and nothing else, whatever a person's roles allow.
   * Without a person it acts as itself: it may call these, votes excepted.
   */
  readonly scopes?: readonly string[]
  /** The core's own call: jobs and set-up. Passes every permission, internal ones included. */
  readonly system?: boolean
  /** The command's id, chosen by who intends it, so that a repeat is recognised. */
  readonly commandId?: Id
  /**
   * Other ids that the same intention may have been given, by a server that makes ids out of what a client
   * calls it: where the log has one of them, its answer is the answer.
   */
  readonly aliases?: readonly Id[]
  /** The device's time of the intention, in milliseconds; recorded, and used as `now`. */
  readonly at?: bigint
  /** Ends the command's transaction where this process may not do the work any more that it is part of. */
  readonly fence?: Fence
}

/** Throws where what this process was given to do is another's by now; awaits only the transaction. */
export type Fence = (tx: Tx) => Promise<void>

export interface NestedOptions {
  readonly adoptUndo?: boolean
  readonly trusted?: boolean
}

/** What a command's handler is given. It may await nothing but `tx` and what stands on it. */
export interface CommandCall<I> {
  readonly tx: Tx
  readonly input: I
  readonly actor: Actor | null
  readonly caller: Caller
  readonly commandId: Id
  /** The time of the command: recorded with it and the same on every replay. */
  readonly now: bigint
  /**
   * When the authority received it, by the authority's own clock: what decides deadlines and whether a period
   * is over. On a desk, which decides neither, the same as `now`.
   */
  readonly receivedAt: bigint
  /** Ids of the rows that the command makes: the same on every replay. */
  readonly ids: { next(): Id }
  /** Work for the outside world, carried out after the commit. Gives the effect's id, its idempotency key. */
  effect(kind: string, payload: unknown): Promise<Id>
  /** Queues a job, in this transaction. Gives its id. */
  enqueue<In, Out>(kind: JobKind<In, Out>, input: In): Promise<Id>
  /**
   * States what would undo this command, and how it leaves the rows that undoing would write over: where one
   * of them was changed since, undoing is refused.
   */
  undoWith<L extends Leaf>(leaf: L, input: RawInputOf<L>, expect?: readonly Expectation[]): void
  /** Runs another command inside this one, in the same transaction and for the same actor. */
  run<L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>>
  /**
   * Runs the command of this id with stored input, as `run` does.
   * @param options `adoptUndo`: what undoes the inner command undoes this one; `trusted`: the permission was
   *   decided by this command, so that an internal one may run
   */
  runById(id: string, input: unknown, options?: NestedOptions): Promise<unknown>
  /** Marks this command as the undoing of another. */
  compensates(commandId: Id): void
  /** What the handler's `ahead` gave; null where it was not asked. */
  readonly ahead: unknown
}

/**
 * Reads what a command will need, while it is still being found out who asks for it and whether it ran before: one
 * message to the database fewer where that is far away. It changes nothing, and its handler must do without it.
 */
export type Ahead<I> = (tx: Tx, input: I) => Promise<unknown>

/** What a query's handler is given: a snapshot that cannot write. It may await nothing but `reader`. */
export interface QueryCall<I> {
  readonly reader: Reader
  readonly input: I
  readonly actor: Actor | null
  readonly caller: Caller
  readonly now: bigint
}

/** Answers a query from memory, with the tables of which the answer is made; null where it has to be read. */
export type Recall<I, O = unknown> = (
  call: Pick<QueryCall<I>, 'input' | 'now'>,
) => { readonly value: O; readonly tables: readonly string[] } | null

/** What a service's handler is given: for questions that need more than the database, such as a file. */
export interface ServiceCall<I> {
  readonly input: I
  readonly actor: Actor | null
  readonly caller: Caller
  readonly now: bigint
  read<T>(work: (reader: Reader) => Promise<T>): Promise<T>
  run<L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>>
  /** Runs an internal command in the caller's name, which the service has decided to allow. */
  runInternal<L extends Leaf>(leaf: L, input: RawInputOf<L>): Promise<OutputOf<L>>
}

export interface StreamCall<I> extends ServiceCall<I> {
  readonly signal: AbortSignal | undefined
  readonly lastEventId: string | undefined
}

type Run<C> = (call: C) => Promise<unknown>

/** By version: what makes the input of the next version of a command out of one of this version. */
export type Upcast = Readonly<Record<number, (input: unknown) => unknown>>

/**
 * Thrown by a command's handler on a connected desk that cannot know the answer: the command is requested of
 * the authority instead, and nothing changes here.
 */
export class AuthorityDecides extends Error {
  constructor() {
    super('only the authority can decide this')
    this.name = 'AuthorityDecides'
  }
}

/** A handler of one leaf, ready to be put into its feature's tree. */
export type Handler<L extends Leaf = Leaf> = { readonly leaf: L } & (
  | {
      readonly kind: 'command'
      readonly run: Run<CommandCall<never>>
      readonly upcast?: Upcast
      readonly ahead?: Ahead<never>
    }
  | {
      readonly kind: 'query'
      readonly run: Run<QueryCall<never>>
      readonly recall?: Recall<never>
      readonly until?: (answer: never) => bigint
    }
  | { readonly kind: 'service'; readonly run: Run<ServiceCall<never>> }
  | { readonly kind: 'stream'; readonly run: (call: StreamCall<never>) => AsyncIterable<unknown> }
)

/** The handlers of a part of the contract: one for every leaf, or it does not compile. */
export type Handlers<C> = C extends Leaf ? Handler<C> : { readonly [K in keyof C]: Handlers<C[K]> }

/**
 * Handles a command: load, decide, store.
 * @param upcast reads inputs that were stored by earlier versions of the command
 * @param ahead reads on a server what the handler will need, before it is known whether it runs
 */
export function handle<L extends Leaf>(
  leaf: L,
  run: (call: CommandCall<InputOf<L>>) => Promise<OutputOf<L>>,
  upcast?: Upcast,
  ahead?: Ahead<InputOf<L>>,
): Handler<L> {
  return { leaf, kind: 'command', run, ...(upcast ? { upcast } : {}), ...(ahead ? { ahead } : {}) }
}

/**
 * Answers a query from a snapshot.
 * @param recall answers from memory what can be, without a snapshot; asked for programs, whose permission is in
 *   their token
 */
export function answer<L extends Leaf>(
  leaf: L,
  run: (call: QueryCall<InputOf<L>>) => Promise<OutputOf<L>>,
  recall?: Recall<InputOf<L>, OutputOf<L>>,
): Handler<L> {
  return { leaf, kind: 'query', run, ...(recall ? { recall } : {}) }
}

/**
 * Answers a question that takes long and whose answer seldom changes: it is kept in memory until a commit changes what
 * it was read from, or the instant that it says.
 */
export function answerKept<L extends Leaf>(
  leaf: L,
  until: (answer: OutputOf<L>) => bigint,
  run: (call: QueryCall<InputOf<L>>) => Promise<OutputOf<L>>,
): Handler<L> {
  return { leaf, kind: 'query', run, until }
}

/** Answers a question that needs more than the database. */
export function serve<L extends Leaf>(
  leaf: L,
  run: (call: ServiceCall<InputOf<L>>) => Promise<OutputOf<L>>,
): Handler<L> {
  return { leaf, kind: 'service', run }
}

/** Follows a live stream. */
export function follow<L extends Leaf>(
  leaf: L,
  run: (call: StreamCall<InputOf<L>>) => AsyncIterable<unknown>,
): Handler<L> {
  return { leaf, kind: 'stream', run }
}

/** The capability of a leaf, as its contract states it. */
export function capabilityOf(leaf: Leaf): Capability {
  return leaf['~orpc'].meta as Capability
}

/** All handlers of a tree, by the id of their capability. */
export function byId(tree: unknown): Map<string, Handler> {
  const found = new Map<string, Handler>()
  const walk = (node: unknown): void => {
    if (isHandler(node)) found.set(capabilityOf(node.leaf).id, node)
    else for (const child of Object.values(node as object)) walk(child)
  }
  walk(tree)
  return found
}

/** The capabilities of a contract, by id. */
export function capabilitiesById(tree: unknown): ReadonlyMap<string, Capability> {
  const found = new Map<string, Capability>()
  const walk = (node: object): void => {
    if ('~orpc' in node) {
      const capability = capabilityOf(node as Leaf)
      found.set(capability.id, capability)
    } else for (const child of Object.values(node)) walk(child)
  }
  walk(tree as object)
  return found
}

function isHandler(node: unknown): node is Handler {
  return typeof node === 'object' && node !== null && 'leaf' in node && 'run' in node
}
