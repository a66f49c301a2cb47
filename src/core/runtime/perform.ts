import type { Tx } from '#core/database/store.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import { enqueueJob } from '../jobs/job-table.ts'
import { demandRecovery } from '../workspace/recovery.ts'
import { byWhom } from './by-whom.ts'
import { authorise, parseInput } from './checks.ts'
import {
  type Actor,
  type Caller,
  type CommandCall,
  capabilityOf,
  type Handler,
  type Leaf,
  type NestedOptions,
} from './handlers.ts'

export type CommandHandler = Extract<Handler, { kind: 'command' }>

/** What is known of a command besides its input. */
export interface Facts {
  readonly commandId: Id
  readonly caller: Caller
  readonly actor: Actor | null
  /** The time of the command, by the clock of who intended it. */
  readonly at: bigint
  /** When the authority received it, by the authority's clock; on a desk the same as `at`. */
  readonly receivedAt: bigint
  /**
   * Where it runs: on the authority, or on a desk in advance of it. A desk stores no effects and no jobs:
   * they are the authority's, which makes them under the same ids when the command gets there.
   */
  readonly place: 'authority' | 'desk'
  /** The database opens with key slots that this host keeps, and is lost with the last of them. */
  readonly keysKept: boolean
  /** What was read ahead for the handler. */
  readonly ahead?: unknown
}

/** What a command said about itself while it ran. */
export interface Noted {
  undo: string | null
  compensates: Id | null
}

export interface Performed extends Noted {
  readonly result: unknown
}

/**
 * Authorises a command and runs its handler within a savepoint. Refusals and errors are thrown, and nothing
 * of what it did remains.
 */
export async function perform(
  tx: Tx,
  commands: ReadonlyMap<string, Handler>,
  handler: CommandHandler,
  input: unknown,
  facts: Facts,
): Promise<Performed> {
  const noted: Noted = { undo: null, compensates: null }
  const ids = ordinals(facts.commandId)
  authorise(capabilityOf(handler.leaf), facts.actor, facts.caller)
  await allowData(tx, handler, facts)
  const result = await tx.attempt(() => step(tx, commands, handler, input, facts, noted, ids, facts.ahead))
  return { ...noted, result }
}

async function step(
  tx: Tx,
  commands: ReadonlyMap<string, Handler>,
  handler: CommandHandler,
  input: unknown,
  facts: Facts,
  noted: Noted,
  ids: { next(): Id },
  ahead: unknown = null,
): Promise<unknown> {
  const onDesk = facts.place === 'desk'
  const runById = async (id: string, inner: unknown, options: NestedOptions = {}): Promise<unknown> => {
    const nested = commandOf(commands, id)
    if (!options.trusted) authorise(capabilityOf(nested.leaf), facts.actor, facts.caller)
    await allowData(tx, nested, facts)
    // What undoes the inner command is not what undoes the outer one, unless the outer one says so.
    const apart: Noted = { undo: null, compensates: null }
    const result = await step(tx, commands, nested, parseInput(nested, inner), facts, apart, ids)
    if (options.adoptUndo) noted.undo = apart.undo
    return result
  }
  const call: CommandCall<never> = {
    tx,
    input: input as never,
    actor: facts.actor,
    caller: facts.caller,
    commandId: facts.commandId,
    now: facts.at,
    receivedAt: facts.receivedAt,
    ids,
    async effect(kind, payload) {
      const id = ids.next()
      if (onDesk) return id
      const row = { id, kind, payload: canonicalJson(payload), not_before: facts.at, created_at: facts.at }
      await tx.db
        .insertInto('effects')
        .values({ ...row, attempts: 0n, state: 'waiting', done_at: null, failure: null })
        .execute()
      return id
    },
    async enqueue(kind, jobInput) {
      const id = ids.next()
      if (onDesk) return id
      const actor = byWhom(facts.actor)
      await enqueueJob(tx, { id, kind: kind.name, input: jobInput, actor, at: facts.at })
      return id
    },
    undoWith(leaf, undoInput, expect = []) {
      noted.undo = canonicalJson({ command: capabilityOf(leaf).id, input: undoInput, expect })
    },
    run: (leaf: Leaf, inner: unknown) => runById(capabilityOf(leaf).id, inner) as never,
    runById,
    compensates(commandId) {
      noted.compensates = commandId
    },
    ahead,
  }
  return handler.run(call)
}

/** Real data goes in only where it can be opened again when every other key is lost. */
async function allowData(tx: Tx, { leaf }: CommandHandler, { keysKept }: Facts): Promise<void> {
  if (keysKept && capabilityOf(leaf).realData) await demandRecovery(tx)
}

/** The handler of a command. Throws for an id that is not one: ids come from the contract or from our own rows. */
export function commandOf(commands: ReadonlyMap<string, Handler>, id: string): CommandHandler {
  const handler = commands.get(id)
  if (handler?.kind !== 'command') throw new Error(`no command ${id}`)
  return handler
}

function ordinals(commandId: Id) {
  let ordinal = 0
  return { next: () => idFromCommand(commandId, ordinal++) }
}
