import type { Core } from '#core/create-core.ts'
import { type Caller, capabilityOf, type Leaf } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import { callerOf, type Principal } from '../identity/principal.ts'
import { noteWithin } from '../telemetry/within.ts'
import { type Gathering, isFew } from './gather-events.ts'
import type { Intention } from './idempotency.ts'

/** A request whose sender is known: what it can ask of the core of its workspace, and nothing of another. */
export interface Asking {
  readonly principal: Principal
  readonly core: Core
  /** Answers a query. */
  ask(id: string, input: unknown): Promise<unknown>
  /** Calls a service. What it changes by commands it changes once, where the request has a key. */
  serve(id: string, input: unknown): Promise<unknown>
  /**
   * Runs a command. Where the request has a key, the n-th command of a request is the same one each time.
   * @throws Refusal what the command refuses, also when it did so the first time
   */
  run(id: string, input: unknown): Promise<unknown>
  /** Undoes the command that was run last, where its asker may: for a request that does all of it or nothing. */
  takeBack(undo: Leaf): Promise<void>
  /** Whether all that was run had been run before. */
  replayed(): boolean
  /** Milliseconds since the epoch. */
  now(): number
}

const RECORD = capabilityOf(contract.billing.usage.record).id

/** Who sends the same key again: a person from whatever device, a program by its token. */
export function askerOf({ workspace, person, session }: Principal): string {
  return `${workspace}/${person ?? session}`
}

/** @param intention what the request's key stands for; null where it has none */
/**
 * @param intention what the request's key stands for; null where it has none
 * @param gathering where a few events without a key are recorded together with those of other requests
 */
export function createAsking(
  principal: Principal,
  core: Core,
  intention: Intention | null,
  gathering: Gathering,
  newId: () => Id,
  now: () => number,
): Asking {
  let ran = 0
  let repeated = 0
  let done: Id | null = null

  function nextCaller(): Caller {
    const place = ran++
    if (intention === null) return callerOf(principal, { id: newId() })
    const nth = (id: Id) => (place === 0 ? id : idFromCommand(id, place))
    return { ...callerOf(principal, { id: nth(intention.id) }), aliases: intention.aliases.map(nth) }
  }

  async function run(id: string, input: unknown): Promise<unknown> {
    if (intention === null && id === RECORD && isFew(input))
      return gathering.record(principal, input.events, events => runAlone(id, { events }))
    return runAlone(id, input)
  }

  async function runAlone(id: string, input: unknown): Promise<unknown> {
    const caller = nextCaller()
    noteWithin({ commandId: caller.commandId as Id })
    const answer = await core.run(id, input, caller)
    if (answer.repeated) repeated++
    if (answer.outcome === 'requested') throw refuse('SYNC_REQUESTED', { commandId: answer.commandId })
    if (answer.outcome === 'done') {
      done = answer.commandId
      return answer.result
    }
    const { code, data } = answer.result as { code: string; data: unknown }
    throw refuse(code, data)
  }

  return {
    principal,
    core,
    ask: (id, input) => core.callById(id, input, callerOf(principal)),
    serve: (id, input) => core.callById(id, input, nextCaller()),
    run,
    async takeBack(undo) {
      if (done === null) return
      await run(capabilityOf(undo).id, { commandId: done }).catch(error => {
        if (!isRefusal(error)) throw error
      })
    },
    replayed: () => repeated > 0 && repeated === ran,
    now,
  }
}
