import { NO_WORKSPACE } from '#core/identity/secrets.ts'
import { digestOf } from '#shared/ids.ts'
import type { IdentityParts } from './parts.ts'

/** From how many wrong tries on somebody waits, and how long, in milliseconds: doubled at each further one. */
interface Patience {
  readonly free: number
  readonly first: bigint
  readonly longest: bigint
  /** After this long without a wrong try one of them is forgotten: many people share an address. */
  readonly forgets: bigint
}

const MINUTE = 60_000n
/**
 * One address trying one account is slowed down soon; an account that many addresses try, and an address that
 * tries many accounts, later. Nobody can lock somebody else out for more than a few minutes.
 */
const PATIENCE = {
  pair: { free: 3, first: 5000n, longest: 15n * MINUTE, forgets: 30n * MINUTE },
  account: { free: 20, first: 5000n, longest: 5n * MINUTE, forgets: 5n * MINUTE },
  address: { free: 30, first: 5000n, longest: 15n * MINUTE, forgets: MINUTE / 3n },
} as const satisfies Record<string, Patience>

/** After a day without a wrong try everything is forgotten. */
const FORGOTTEN = 24n * 60n * MINUTE

/** Wrong tries, counted in the database, so that they count on every server. */
export interface Tries {
  /** How many milliseconds to wait before the next try; 0 when it may be now. */
  wait(account: string, address: string): Promise<bigint>
  /** Counts a try as wrong, before it is known whether it is: tries side by side must not go uncounted. */
  count(account: string, address: string): Promise<void>
  /** It was right after all. */
  forgive(account: string, address: string): Promise<void>
}

export function createTries({ store, now }: Pick<IdentityParts, 'store' | 'now'>): Tries {
  return {
    wait: (account, address) =>
      store.read(NO_WORKSPACE, async reader => {
        const rows = await reader.db
          .selectFrom('sign_in_tries')
          .select('wait_until')
          .where('subject', 'in', Object.values(subjectsOf(account, address)))
          .execute()
        return rows.reduce((longest, row) => {
          const left = row.wait_until - now()
          return left > longest ? left : longest
        }, 0n)
      }),
    count: (account, address) =>
      store.write(NO_WORKSPACE, 'person', async tx => {
        const at = now()
        await tx.db
          .deleteFrom('sign_in_tries')
          .where('last_at', '<', at - FORGOTTEN)
          .execute()
        // In the order of their names, so that two who count the same do not wait for each other.
        const subjects = Object.entries(subjectsOf(account, address)).sort(([, a], [, b]) => (a < b ? -1 : 1))
        for (const [kind, subject] of subjects) {
          const patience = PATIENCE[kind as keyof typeof PATIENCE]
          // Writing locks the row, so that of two who count at the same time none goes uncounted.
          const row = await tx.db
            .insertInto('sign_in_tries')
            .values({ subject, count: 0n, last_at: at, wait_until: at })
            .onConflict(conflict => conflict.columns(['subject']).doUpdateSet({ subject }))
            .returning(['count', 'last_at'])
            .executeTakeFirstOrThrow()
          const forgotten = (at - row.last_at) / patience.forgets
          const count = (row.count > forgotten ? row.count - forgotten : 0n) + 1n
          await tx.db
            .updateTable('sign_in_tries')
            .set({ count, last_at: at, wait_until: at + waitAfter(count, patience) })
            .where('subject', '=', subject)
            .execute()
        }
      }),
    async forgive(account, address) {
      const { pair, account: all } = subjectsOf(account, address)
      await store.write(NO_WORKSPACE, 'person', async tx => {
        await tx.db.deleteFrom('sign_in_tries').where('subject', 'in', [pair, all]).execute()
      })
    },
  }
}

/** How long to wait after so many wrong tries. */
export function waitAfter(count: bigint, { free, first, longest }: Patience): bigint {
  const over = count - BigInt(free)
  if (over < 0n) return 0n
  const wait = over > 20n ? longest : first << over
  return wait < longest ? wait : longest
}

/** Addresses of people are not kept: whoever never was here left none. */
function subjectsOf(account: string, address: string) {
  return {
    pair: `pair ${digestOf(`${account}|${address}`)}`,
    account: `account ${digestOf(account)}`,
    address: `address ${digestOf(address)}`,
  }
}
