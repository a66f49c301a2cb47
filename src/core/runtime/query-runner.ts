import type { Store } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'
import { authorise, loadActor } from './checks.ts'
import { type Caller, capabilityOf, type Handler } from './handlers.ts'

export interface QueryAnswer {
  readonly value: unknown
  /** The tables that were read: the topics of the answer. */
  readonly tables: readonly string[]
}

/** Answers a query from one snapshot: authorise, run, note what was read. */
export async function runQuery(
  store: Pick<Store, 'read'>,
  workspace: Id,
  handler: Extract<Handler, { kind: 'query' }>,
  input: unknown,
  caller: Caller,
  now: bigint,
): Promise<QueryAnswer> {
  return store.read(workspace, async reader => {
    const actor = await loadActor(reader as never, caller, capabilityOf(handler.leaf))
    authorise(capabilityOf(handler.leaf), actor, caller)
    const value = await handler.run({ reader, input: input as never, actor, caller, now })
    return { value, tables: [...reader.touched.read] }
  })
}
