import type { Reader } from '#core/database/store.ts'
import type { Services } from '#core/features.ts'
import { answer, capabilityOf, type Handlers, type Leaf, serve } from '#core/runtime/handlers.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { type Contract, contract } from '#shared/contract/index.ts'
import type { OutboxCommand } from '#shared/contract/sync.ts'

const leaves = contract.sync

const status = answer(leaves.status, async ({ reader }) => {
  const { authority } = await reader.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  const state = await reader.db.selectFrom('sync_state').selectAll().executeTakeFirst()
  const counts = await countByState(reader)
  return {
    authority,
    offlineSince: state?.offline_since ?? null,
    failure: state?.failure ?? null,
    pending: counts.get('pending') ?? 0n,
    requested: counts.get('requested') ?? 0n,
    review: counts.get('review') ?? 0n,
    lastSyncAt: state?.last_sync_at ?? null,
    cursor: state && authority === 'connected' && state.cursor >= 0n ? state.cursor : null,
  }
})

async function countByState(reader: Reader): Promise<Map<string, bigint>> {
  const rows = await reader.db
    .selectFrom('outbox')
    .select(eb => ['state', eb.fn.countAll<bigint>().as('count')])
    .groupBy('state')
    .execute()
  return new Map(rows.map(row => [row.state, row.count]))
}

const listOutbox = answer(leaves.outbox.list, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('outbox')
    .leftJoin('people as person', 'person.id', 'outbox.actor')
    .selectAll('outbox')
    .select('person.name as actor_name')
    .orderBy(eb => eb.case('outbox.state').when('review').then(0n).else(1n).end())
    .orderBy('outbox.number')
    .limit(input.limit + 1)
    .execute()
  return {
    more: rows.length > input.limit,
    commands: rows.slice(0, input.limit).map(row => ({
      commandId: row.id,
      command: row.command,
      actor: row.actor === null ? null : { id: row.actor, name: row.actor_name ?? '' },
      at: row.at,
      state: row.state,
      acknowledged: row.answered_version !== null,
      input: withoutSecrets(row.command, fromCanonical(row.input)),
      refusal: row.refusal === null ? null : fromCanonical<OutboxCommand['refusal']>(row.refusal),
      attempts: row.attempts,
    })),
  }
})

/** A capability's id is its path in the contract, which says which members of its input are secret. */
function withoutSecrets(command: string, input: unknown): unknown {
  const leaf = command
    .split('.')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], contract) as
    | Leaf
    | undefined
  const secret = leaf ? capabilityOf(leaf).secret : []
  if (secret.length === 0) return input
  const members = Object.entries(input as Record<string, unknown>)
  return Object.fromEntries(members.map(([name, value]) => [name, secret.includes(name) ? '•' : value]))
}

export function syncHandlers({ outbox }: Pick<Services, 'outbox'>): Handlers<Contract['sync']> {
  return {
    status,
    outbox: {
      list: listOutbox,
      retry: serve(leaves.outbox.retry, async call => {
        const { commandId, outcome } = await outbox.retry(call.input.commandId, call)
        return { commandId, outcome: outcome as 'done' | 'requested' }
      }),
      discard: serve(leaves.outbox.discard, async call => {
        await outbox.discard(call.input.commandId, call)
        return {}
      }),
    },
  }
}
