import type { Reader } from '#core/database/store.ts'
import type { Services } from '#core/features.ts'
import { answer, capabilityOf, type Handlers, type Leaf, serve } from '#core/runtime/handlers.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { type Contract, contract } from '#shared/contract/index.ts'
import type { ComparedRow, OutboxCommand } from '#shared/contract/sync.ts'
import { refuse } from '#shared/errors.ts'
import { connectionHandlers } from './connection.ts'
import { keptHere, missingOf } from './kept.ts'

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
    failure: failureOf(state?.failure ?? null),
    pending: counts.get('pending') ?? 0n,
    requested: counts.get('requested') ?? 0n,
    review: counts.get('review') ?? 0n,
    lastSyncAt: state?.last_sync_at ?? null,
    cursor: state && authority === 'connected' && state.cursor >= 0n ? state.cursor : null,
  }
})

/** A failure was stored as its code and data; what is not of that form is shown as unreachable. */
function failureOf(stored: string | null): { code: string; data: unknown } | null {
  if (stored === null) return null
  if (/^[A-Z][A-Z_]+$/.test(stored)) return { code: stored, data: {} }
  try {
    const { code, data } = fromCanonical<{ code?: unknown; data?: unknown }>(stored)
    if (typeof code === 'string') return { code, data: data ?? {} }
  } catch {
    // An earlier version stored a sentence.
  }
  return { code: 'SYNC_OFFLINE', data: { host: '', reason: stored } }
}

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
    .leftJoin('outbox_context as context', 'context.id', 'outbox.id')
    .selectAll('outbox')
    .select(['person.name as actor_name', 'context.based_on as based_on'])
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
      about: row.based_on === null ? null : titleOf(fromCanonical<ComparedRow[]>(row.based_on)),
      input: withoutSecrets(row.command, fromCanonical(row.input)),
      refusal: row.refusal === null ? null : fromCanonical<OutboxCommand['refusal']>(row.refusal),
      attempts: row.attempts,
    })),
  }
})

/** What people call the first row that a command names, by the columns that name things. */
function titleOf(rows: readonly ComparedRow[]): string | null {
  for (const { row } of rows)
    for (const name of ['title', 'name', 'number', 'file_name']) {
      const value = row?.[name]
      if (typeof value === 'string' && value !== '') return value
    }
  return null
}

const compare = answer(leaves.outbox.compare, async ({ reader, input }) => {
  const row = await reader.db
    .selectFrom('outbox')
    .leftJoin('outbox_context as context', 'context.id', 'outbox.id')
    .select(['outbox.id', 'context.based_on', 'context.current'])
    .where('outbox.id', '=', input.commandId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'command', id: input.commandId })
  const rows = (text: string | null) => (text === null ? null : fromCanonical<ComparedRow[]>(text))
  return { basedOn: rows(row.based_on), current: rows(row.current) }
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

export function syncHandlers({
  outbox,
  desk,
}: Pick<Services, 'outbox' | 'desk'>): Handlers<Contract['sync']> {
  return {
    status,
    outbox: {
      list: listOutbox,
      compare,
      retry: serve(leaves.outbox.retry, async call => {
        const { commandId, outcome } = await outbox.retry(call.input.commandId, call)
        return { commandId, outcome: outcome as 'done' | 'requested' }
      }),
      discard: serve(leaves.outbox.discard, async call => {
        await outbox.discard(call.input.commandId, call)
        return {}
      }),
    },
    bulk: {
      missing: answer(leaves.bulk.missing, ({ reader, input }) => missingOf(reader, input)),
      want: serve(leaves.bulk.want, async ({ input }) => {
        if (!desk) throw refuse('SYNC_NOT_CONNECTED', {})
        await desk.want(input)
        return {}
      }),
      kept: answer(leaves.bulk.kept, async ({ reader }) => ({ months: await keptHere(reader) })),
    },
    now: serve(leaves.now, async () => {
      if (!desk) throw refuse('SYNC_NOT_CONNECTED', {})
      return desk.syncNow()
    }),
    connection: connectionHandlers(desk ?? null),
  }
}
