import { reading, type Tx } from '#core/database/store.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { readSettings } from '../workspace/settings.ts'
import type { DesktopNotification } from './notification.ts'

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
 * Asks for a notification to the person whose job is over, in the transaction that ends it: exactly one. Short
 * jobs end while one looks, so they tell nothing; neither do cancelled ones.
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
  const failed = job.state === 'failed'
  const payload: DesktopNotification = {
    person: job.requested_by,
    title: failed ? `${name} failed` : `${name} is finished`,
    body: failed ? `Open it to see why. ${left(job.kind)}` : 'Open it to see the result.',
    link: `quarterdeck://open/workspace/jobs?job=${jobId}`,
    urgency: 'normal',
  }
  await tx.db
    .insertInto('effects')
    .values({
      id: idFromCommand(jobId, 0),
      kind: 'notification',
      payload: canonicalJson(payload),
      state: 'waiting',
      attempts: 0n,
      not_before: now,
      created_at: now,
      done_at: null,
      failure: null,
    })
    .execute()
}

function left(kind: string): string {
  return GO_ON.has(kind)
    ? 'What it had stored is whole; doing it again goes on from there.'
    : 'Nothing was left half done.'
}
