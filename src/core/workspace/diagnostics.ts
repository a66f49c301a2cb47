import { countRows, databaseSize, newestMigration } from '#core/database/size.ts'
import type { Reader } from '#core/database/store.ts'
import type { Services } from '#core/features.ts'
import { serve } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'

/** What the host tells of itself. */
export interface HostFacts {
  readonly kind: 'desktop' | 'browser' | 'cli' | 'backend' | 'test'
  readonly platform: string
  /** By name: quarterdeck, node, electron, sqlite … */
  readonly versions: Readonly<Record<string, string>>
  /** Bytes of the write-ahead log beside the database; absent where there is none. */
  readonly logBytes?: () => Promise<bigint>
}

const JOB_STATES = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 }
const EFFECT_STATES = { waiting: 0, failed: 0 }

export const diagnostics = (services: Services) =>
  serve(contract.workspace.diagnostics.get, async ({ now, read }) => {
    const { host, live, inside } = services
    const stored = await read(async reader => ({
      kind: reader.kind,
      size: await databaseSize(reader),
      tables: await countRows(reader),
      jobs: await reader.db
        .selectFrom('jobs')
        .select(query => ['state', query.fn.countAll<bigint>().as('rows')])
        .groupBy('state')
        .execute(),
      effects: await reader.db
        .selectFrom('effects')
        .select(query => ['state', query.fn.countAll<bigint>().as('rows')])
        .where('state', '!=', 'done')
        .groupBy('state')
        .execute(),
      uncarried: await uncarriedEffects(
        reader,
        services.carriers.map(carrier => carrier.kind),
      ),
    }))
    const counts = <T>(zero: T, rows: readonly { state: string; rows: bigint }[]): T => ({
      ...zero,
      ...Object.fromEntries(rows.map(row => [row.state, Number(row.rows)])),
    })
    return {
      now,
      startedAt: inside.startedAt,
      host: { kind: host.kind, platform: host.platform, versions: { ...host.versions } },
      database: {
        kind: stored.kind,
        ...stored.size,
        logBytes: host.logBytes ? await host.logBytes() : null,
        migration: newestMigration(),
        tables: stored.tables,
      },
      waits: services.waits
        .summary()
        .map(({ kind, waited, total }) => ({ kind, waited: mutable(waited), total: mutable(total) })),
      threads: inside.threads().map(thread => ({ ...thread })),
      checkpoints: inside.checkpoints(),
      followers: live.followers(),
      jobs: counts(JOB_STATES, stored.jobs),
      effects: { ...counts(EFFECT_STATES, stored.effects), uncarried: stored.uncarried },
      bugs: inside.bugs.list().map(bug => ({ ...bug })),
    }
  })

/** Effects that wait for another host: nothing here carries out their kind, so nothing here ends their waiting. */
async function uncarriedEffects(reader: Reader, carried: readonly string[]) {
  let query = reader.db
    .selectFrom('effects')
    .select(of => ['kind', of.fn.countAll<bigint>().as('rows'), of.fn.min<bigint>('created_at').as('oldest')])
    .where('state', '=', 'waiting')
    .groupBy('kind')
    .orderBy('kind')
  if (carried.length > 0) query = query.where('kind', 'not in', carried)
  return (await query.execute()).map(({ kind, rows, oldest }) => ({ kind, count: Number(rows), oldest }))
}

function mutable<T extends { readonly buckets: readonly object[] }>(summary: T) {
  return { ...summary, buckets: [...summary.buckets] as { upTo: number; count: number }[] }
}
