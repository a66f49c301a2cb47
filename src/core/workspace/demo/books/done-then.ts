import type { ZodType } from 'zod'
import { confirmPayment, failPayment } from '#core/billing/payments/record-payment.ts'
import type { Tx } from '#core/database/store.ts'
import type {
  Actor,
  CommandCall,
  Handler,
  InputOf,
  Leaf,
  OutputOf,
  RawInputOf,
} from '#core/runtime/handlers.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import { pastId } from '../billing/ids.ts'

/** Commands that others of the demo's run inside themselves. */
const INNER: readonly Handler[] = [confirmPayment, failPayment]

/** Who did something in the demo's past, and of which job it is told. */
export interface Past {
  readonly tx: Tx
  readonly jobId: Id
  readonly actor: Actor
}

/** What a command's handler is given for an instant in the past. Nothing is done outside: nobody is told anything. */
export function callOf<I>({ tx, jobId, actor }: Past, at: bigint, of: string, input: I): CommandCall<I> {
  const commandId = pastId(at, jobId, of)
  let ordinal = 0
  const next = () => idFromCommand(commandId, ordinal++)
  const call: CommandCall<I> = {
    ...{ tx, input, actor, commandId, now: at, receivedAt: at, ids: { next }, ahead: null },
    caller: { person: actor.id, device: 'demo', assurance: 'system', system: true },
    effect: async () => next(),
    enqueue: async () => next(),
    undoWith() {},
    compensates() {},
    run: async (leaf, raw) => {
      const inner = INNER.find(one => one.leaf === leaf)
      if (inner?.kind !== 'command')
        throw new Error('a command of the demo runs another that it does not know')
      return inner.run({ ...call, input: parsed(leaf, raw) } as never) as never
    },
    runById: () => Promise.reject(new Error('the demo runs no command by its id')),
  }
  return call
}

/**
 * Runs a command's handler as it would have run at an instant in the past, in the transaction of the demo: the same
 * decisions and the same rows, without an entry of the log.
 * @param of what makes it this one: its ids follow from that
 */
export async function doneThen<L extends Leaf>(
  past: Past,
  at: bigint,
  of: string,
  handler: Handler<L>,
  input: RawInputOf<L>,
): Promise<OutputOf<L>> {
  if (handler.kind !== 'command') throw new Error('only commands are done')
  const call = callOf(past, at, of, parsed(handler.leaf, input))
  return (await handler.run(call as never)) as OutputOf<L>
}

/** An input as the contract reads it, with what it fills in. */
function parsed<L extends Leaf>(leaf: L, input: RawInputOf<L>): InputOf<L> {
  return (leaf['~orpc'].inputSchema as ZodType).parse(input) as InputOf<L>
}
