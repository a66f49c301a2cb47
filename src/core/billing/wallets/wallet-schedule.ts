import { z } from 'zod'
import { jobKind } from '#core/jobs/job.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { timesOf } from '#core/workspace/schedules/timing.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { wallets as leaf } from '#shared/contract/billing/wallets.ts'
import { jobs } from '#shared/contract/workspace/jobs.ts'
import { refuse } from '#shared/errors.ts'

export interface WalletResult {
  readonly wallets: number
  readonly holds: number
  readonly grants: number
  /** Of how many people were told. */
  readonly told: number
}

/** When it is looked at what has ended: soon after the day is over, UTC. What is used is judged by the clock anyway. */
export const DAILY_LOOK = { every: 'day', at: '00:10' } as const
const AT_ONCE = 50

/** Books what has ended of all wallets. What was booked is due no more, so that a look that was cut off is begun again. */
export const walletJob = jobKind<Record<string, never>, WalletResult>({
  name: 'billing.wallet.expire',
  afterCrash: 'restart',
  chunks: {},
  async compute({ query, command, progress, signal }) {
    let result: WalletResult = { wallets: 0, holds: 0, grants: 0, told: 0 }
    for (;;) {
      signal.throwIfAborted()
      const { walletIds } = await query(leaf.due, { limit: AT_ONCE })
      if (walletIds.length === 0) return result
      const { holds, grants, told } = await command(leaf.lapse, { walletIds })
      result = {
        wallets: result.wallets + walletIds.length,
        holds: result.holds + holds,
        grants: result.grants + grants,
        told: result.told + told,
      }
      // By a clock that is behind the one that called them due they would be asked for again and again.
      if (holds + grants + told === 0) return result
      progress(result.wallets, null, 'wallets')
    }
  },
})

export const expireWallets = handle(leaf.expire, async ({ enqueue }) => ({
  jobId: await enqueue(walletJob, {}),
}))

/** Looks every day; only where something has ended does it begin a job, which is in the log. Its times are UTC. */
export const walletSchedule = {
  ...scheduleKind<Record<string, never>>({
    name: 'billing.wallet.expire',
    input: z.strictObject({}),
    roles: ['analyst'],
    async run({ query, command }) {
      const { walletIds } = await query(leaf.due, { limit: 1 })
      if (walletIds.length === 0) return { over: true, summary: { wallets: 0, holds: 0, grants: 0, told: 0 } }
      const { jobId } = await command(leaf.expire, {})
      return { over: false, reference: jobId }
    },
    async look(reference, { query }) {
      const { state, result } = await query(jobs.get, { jobId: reference as string })
      if (state === 'queued' || state === 'running') return { over: false, reference }
      if (state !== 'done') throw refuse('BILLING_WALLETS_FAILED', {})
      return { over: true, summary: { ...(result as WalletResult) } }
    },
  }),
  due: (timing: Parameters<typeof timesOf>[0]) => timesOf(timing, 'UTC'),
}

/** Gives a workspace the daily look, with its first wallet: who takes it away later does not get it again. */
export async function firstLook({
  tx,
  ids,
  now,
}: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>): Promise<void> {
  const wallet = await tx.db.selectFrom('wallets').select('id').limit(1).executeTakeFirst()
  const known = await tx.db
    .selectFrom('schedules')
    .select('id')
    .where('kind', '=', walletSchedule.name)
    .executeTakeFirst()
  if (wallet || known) return
  await tx.db
    .insertInto('schedules')
    .values({
      ...{ id: ids.next(), kind: walletSchedule.name, timing: canonicalJson(DAILY_LOOK) },
      ...{ input: canonicalJson({}), paused: 0n, since: now },
      ...{ created_at: now, changed_by: null, changed_at: now },
    })
    .execute()
}
