import { reading, type Tx } from '#core/database/store.ts'
import { contactsOf } from '#core/notify/addresses.ts'
import { notify, type Telling } from '#core/notify/notify.ts'
import { hasMail } from '#core/notify/plan.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { zoned } from '#engines/billing/calendar.ts'
import type { ParamKinds, ParamValues, Topic } from '#engines/notify/topic.ts'
import * as topics from '#engines/notify/topics/wallets.ts'
import type { WalletGrant } from '#shared/contract/billing/wallets.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { shownWallet } from './show-wallets.ts'
import type { WalletRow } from './wallet-rows.ts'

/** What telling about wallets needs of a command. */
export type WalletTelling = Telling & Pick<CommandCall<unknown>, 'receivedAt'>

interface News<P extends ParamKinds, M extends ParamKinds> {
  readonly onceKey: string
  readonly staff: readonly [Topic<P>, ParamValues<P>]
  readonly mail: readonly [Topic<M>, ParamValues<M>]
}

/** Tells analysts, and the customer where the workspace wants that. Made-up customers are no news. */
async function tell<P extends ParamKinds, M extends ParamKinds>(
  call: WalletTelling,
  wallet: WalletRow,
  { onceKey, staff, mail }: News<P, M>,
): Promise<void> {
  const { tx } = call
  const { demo } = await tx.db.selectFrom('workspace_state').select('demo').executeTakeFirstOrThrow()
  if (demo !== 0n) return
  const about = { entity: 'wallet', id: wallet.id }
  const [topic, params] = staff
  const link = `/billing/wallets?wallet=${wallet.id}`
  await notify(call, { topic, params, to: [{ role: 'analyst' }], onceKey, about, link })
  // Nothing in the environment overrides what is asked for here, but the mail server.
  const settings = await readSettings(reading(tx), {})
  if (!settings['billing.walletMails'] || !hasMail(settings)) return
  const to = await contactsOf(reading(tx), wallet.customer_id, settings)
  if (to.length === 0) return
  const [mailTopic, mailParams] = mail
  await notify(call, {
    ...{ topic: mailTopic, params: mailParams, to, about, link },
    onceKey: `${onceKey}:customer`,
  })
}

async function namesOf(tx: Tx, wallet: WalletRow) {
  const { name: customer, zone } = await getCustomer(reading(tx), wallet.customer_id)
  const settings = await readSettings(reading(tx), {})
  const state = await tx.db.selectFrom('workspace_state').select('name').executeTakeFirstOrThrow()
  const company = settings['billing.legalName'] || state.name
  return { names: { customer, wallet: wallet.name }, company, zone }
}

/** Tells once that little is left in a wallet, until enough is there again. @returns whether it was told now */
export async function tellWhereLow(call: WalletTelling, before: WalletRow): Promise<boolean> {
  const { tx, receivedAt } = call
  const row = await tx.db
    .selectFrom('wallets')
    .selectAll()
    .where('id', '=', before.id)
    .executeTakeFirstOrThrow()
  if (row.low_below === null || row.archived_at !== null) return false
  const { low, available, currency } = (await shownWallet(tx, row, receivedAt)).wallet
  if (low === (row.low_since !== null)) return false
  await tx.db
    .updateTable('wallets')
    .set({ low_since: low ? receivedAt : null })
    .where('id', '=', row.id)
    .execute()
  if (!low) return false
  const { names, company } = await namesOf(tx, row)
  await tell(call, row, {
    onceKey: `wallet:${row.id}:low:${receivedAt}`,
    staff: [topics.walletLow, names],
    mail: [topics.walletLowMail, { ...names, company, left: { amount: available, currency } }],
  })
  return true
}

const DAY = 86_400_000n

/** How many days before it is said that a grant expires; 0: not at all. */
export async function noticeDays(reader: Parameters<typeof readSettings>[0]): Promise<number> {
  return (await readSettings(reader, {}))['billing.grantNoticeDays']
}

/**
 * Tells once of each grant of a wallet that it expires soon, and that it has, with what was lost. What is over is to be
 * booked before.
 * @returns of how many grants something was noted
 */
export async function tellOfGrants(call: WalletTelling, wallet: WalletRow): Promise<number> {
  const { tx, receivedAt } = call
  const rows = await tx.db
    .selectFrom('wallet_grants')
    .select(['id', 'told_expiring', 'told_expired'])
    .where('wallet_id', '=', wallet.id)
    .where('expires_at', 'is not', null)
    .where('told_expired', 'is', null)
    .execute()
  if (rows.length === 0) return 0
  const soon = receivedAt + BigInt(await noticeDays(reading(tx))) * DAY
  const { grants } = await shownWallet(tx, wallet, receivedAt)
  let told = 0
  for (const { id, told_expiring } of rows) {
    const grant = grants.find(one => one.id === id)!
    const over = grant.expiresAt! <= receivedAt
    if (over ? grant.held > 0n : grant.rest === 0n || told_expiring !== null || grant.expiresAt! > soon)
      continue
    told += 1
    await tx.db
      .updateTable('wallet_grants')
      .set(over ? { told_expired: receivedAt } : { told_expiring: receivedAt })
      .where('id', '=', id)
      .execute()
    await tellOfGrant(call, wallet, grant, over)
  }
  return told
}

async function tellOfGrant(
  call: WalletTelling,
  wallet: WalletRow,
  grant: WalletGrant,
  over: boolean,
): Promise<void> {
  const { names, company, zone } = await namesOf(call.tx, wallet)
  const { currency } = wallet
  if (over) {
    // What was used to the end is no news.
    if (grant.lapsed === 0n) return
    await tell(call, wallet, {
      onceKey: `wallet-grant:${grant.id}:expired`,
      staff: [topics.grantExpired, names],
      mail: [topics.grantExpiredMail, { ...names, company, lost: { amount: grant.lapsed, currency } }],
    })
    return
  }
  // It expires when its last day is over.
  const day = zoned(grant.expiresAt! - 1n, zone)
    .toPlainDate()
    .toString()
  await tell(call, wallet, {
    onceKey: `wallet-grant:${grant.id}:expiring`,
    staff: [topics.grantExpiring, { ...names, day }],
    mail: [
      topics.grantExpiringMail,
      { ...names, company, until: day, left: { amount: grant.rest, currency } },
    ],
  })
}
