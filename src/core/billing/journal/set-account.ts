import { leaves } from '#core/runtime/expectation.ts'
import { handle } from '#core/runtime/handlers.ts'
import { ROLES } from '#engines/billing/journal/entries.ts'
import type { Profile } from '#engines/billing/journal/profile.ts'
import { journal as leaf } from '#shared/contract/billing/journal.ts'
import { refuse } from '#shared/errors.ts'
import { getEntity } from '../entities/entity-rows.ts'
import { profileOf } from './journal-rows.ts'
import { demandProfile } from './show-journal.ts'

export const setAccount = handle(leaf.setAccount, async ({ tx, input, undoWith }) => {
  const { item, account, taxKey, entityId = null } = input
  demandItem(demandProfile(input.profile), item)
  if (entityId !== null) await getEntity(tx, entityId)
  const profile = profileOf(input.profile, entityId)
  const key = { profile, item }
  const before = await tx.db
    .selectFrom('journal_accounts')
    .select(['account', 'tax_key'])
    .where('profile', '=', profile)
    .where('item', '=', item)
    .executeTakeFirst()
  if (account === '')
    await tx.db
      .deleteFrom('journal_accounts')
      .where('profile', '=', profile)
      .where('item', '=', item)
      .execute()
  else
    await tx.db
      .insertInto('journal_accounts')
      .values({ ...key, account, tax_key: taxKey })
      .onConflict(on => on.columns(['profile', 'item']).doUpdateSet({ account, tax_key: taxKey }))
      .execute()
  const undone = { account: before?.account ?? '', taxKey: before?.tax_key ?? '' }
  undoWith(leaf.setAccount, { profile: input.profile, item, entityId, ...undone }, [
    leaves('journal_accounts', key, account === '' ? null : { account, tax_key: taxKey }),
  ])
  return { profile: input.profile, item }
})

/** @throws Refusal `BILLING_JOURNAL_ITEM_UNKNOWN` of what is neither a role nor an option of the profile */
function demandItem({ options }: Profile, item: string): void {
  const [role = '', ...detail] = item.split('/')
  const isKnown =
    role === 'option' ? Object.hasOwn(options, detail.join('/')) : (ROLES as readonly string[]).includes(role)
  if (!isKnown) throw refuse('BILLING_JOURNAL_ITEM_UNKNOWN', { item })
}
