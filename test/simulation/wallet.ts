import { z } from 'zod'
import type { Tx } from '#core/database/store.ts'
import { byId, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { command } from '#shared/contract/define.ts'
import { refuse } from '#shared/errors.ts'
import { EVERYONE } from '#shared/permissions.ts'

/*
 * A planted wallet: a balance, and a ledger of entries that must add up to it. It stands in the settings, so that
 * it needs no table that the product does not have.
 */

const BALANCE = 'wallet/balance'
const ENTRY = 'wallet/entry/'

const roles = { roles: EVERYONE }
export const wallet = {
  deposit: command('simulation.wallet.deposit', roles)
    .input(z.object({ amount: z.bigint() }))
    .output(z.bigint()),
  /** Takes an amount, when there is as much. */
  hold: command('simulation.wallet.hold', roles)
    .input(z.object({ amount: z.bigint() }))
    .output(z.bigint()),
}

async function move(call: CommandCall<{ amount: bigint }>, amount: bigint): Promise<bigint> {
  const { tx, ids, actor, now } = call
  const known = await tx.db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', BALANCE)
    .executeTakeFirst()
  const before = BigInt(known?.value ?? '0')
  const after = before + amount
  if (after < 0n) throw refuse('TEST_LIMIT', { limit: before })
  const values = { changed_by: actor?.id ?? '', changed_at: now }
  await tx.db
    .insertInto('settings')
    .values({ name: `${ENTRY}${ids.next()}`, value: `${amount}`, ...values })
    .execute()
  await tx.db
    .insertInto('settings')
    .values({ name: BALANCE, value: `${after}`, ...values })
    .onConflict(conflict => conflict.columns(['name']).doUpdateSet({ value: `${after}`, ...values }))
    .execute()
  return after
}

export const walletCommands = () =>
  byId({
    deposit: handle(wallet.deposit, call => move(call, call.input.amount)),
    hold: handle(wallet.hold, call => move(call, -call.input.amount)),
  })

/** The balance and the sum of the ledger, which must be the same and not negative. */
export async function walletOf(
  session: Pick<Tx, 'db'>,
): Promise<{ balance: bigint; ledger: bigint; entries: number }> {
  const rows = await session.db.selectFrom('settings').select(['name', 'value']).execute()
  const entries = rows.filter(row => row.name.startsWith(ENTRY))
  return {
    balance: BigInt(rows.find(row => row.name === BALANCE)?.value ?? '0'),
    ledger: entries.reduce((sum, row) => sum + BigInt(row.value), 0n),
    entries: entries.length,
  }
}
