import { reading, type Tx } from '#core/database/store.ts'
import { jobFailed, jobFinished } from '#engines/notify/topics/workspace.ts'
import type { Id } from '#shared/ids.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { readSettings } from '../workspace/settings.ts'
import { notify } from './notify.ts'
import { tellingOutside } from './telling.ts'

/** What a job is called in a notification, by its kind. Features add theirs. */
const NAMES: Readonly<Record<string, string>> = {
  'billing.close.start': 'The close of a month',
  'billing.usage.import': 'The import of usage',
  'finops.imports.start': 'The import of a bill',
  'finops.costs.export': 'The export of costs',
  'workspace.demo.create': 'The demo workspace',
}

/** Jobs that store as they go: what they stored is whole, and doing them again goes on from there. */
const GO_ON: ReadonlySet<string> = new Set(['billing.close.start', 'billing.usage.import'])

/**
 * Tells the person whose job is over, in the transaction that ends it and that has a version of the feed: exactly
 * once. Short jobs end while one looks, so they tell nothing; neither do cancelled ones.
 */
export async function notifyJobOver(
  tx: Tx,
  jobId: Id,
  environment: EnvironmentSettings,
  now: bigint,
): Promise<void> {
  const job = await tx.db.selectFrom('jobs').selectAll().where('id', '=', jobId).executeTakeFirstOrThrow()
  if (job.requested_by === null || (job.state !== 'done' && job.state !== 'failed')) return
  const settings = await readSettings(reading(tx), environment)
  if (now - job.requested_at < BigInt(settings['workspace.notifyAfterSeconds']) * 1000n) return
  const name = NAMES[job.kind] ?? 'A job'
  const call = tellingOutside(tx, jobId, now)
  const notice = {
    to: [{ person: job.requested_by }],
    onceKey: `job:${jobId}`,
    about: { entity: 'job', id: jobId },
    link: `/workspace/jobs?job=${jobId}`,
  }
  if (job.state === 'done') await notify(call, { ...notice, topic: jobFinished, params: { job: name } })
  else await notify(call, { ...notice, topic: jobFailed, params: { job: name, left: left(job.kind) } })
}

function left(kind: string): string {
  return GO_ON.has(kind)
    ? 'What it had stored is whole; doing it again goes on from there.'
    : 'Nothing was left half done.'
}
