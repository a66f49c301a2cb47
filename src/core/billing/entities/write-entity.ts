import type { Tx } from '#core/database/store.ts'
import { reading } from '#core/database/store.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { ibanFault } from '#engines/billing/payments/iban.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { entities as leaf, type StoredEntity } from '#shared/contract/billing/entities.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { sellerBySettings } from '../tax/tax-world.ts'
import {
  type EntityRow,
  entityRow,
  entityRows,
  getEntity,
  sellerFacts,
  shownEntities,
  storedEntity,
} from './entity-rows.ts'

export const listEntities = answer(leaf.list, async ({ reader }) => {
  const rows = await entityRows(reader)
  const shown = await shownEntities(reader, rows)
  return { entities: shown.toSorted((a, b) => Number(a.archivedAt !== null) - Number(b.archivedAt !== null)) }
})

export function entityCommands(environment: EnvironmentSettings) {
  return {
    create: handle(leaf.create, async call => {
      const { tx, input, ids, now, actor } = call
      const rows = await entityRows(tx)
      if (rows.some(row => row.key === input.key)) throw refuse('BILLING_KEY_TAKEN', { key: input.key })
      const made = { isDefault: rows.length === 0, archivedAt: null, createdBy: byWhomOrNobody(actor) }
      return put(call, environment, ids.next(), null, { ...input, ...made, createdAt: now })
    }),
    edit: handle(leaf.edit, async call => {
      const { entityId, ...words } = call.input
      const before = await getEntity(call.tx, entityId)
      return put(call, environment, entityId, before, { ...storedEntity(before), ...words })
    }),
    setDefault: handle(leaf.setDefault, async call => {
      const { tx, input } = call
      const before = await getEntity(tx, input.entityId)
      if (before.archived_at !== null) throw invalid('default')
      const [last] = await entityRows(tx)
      if (last!.id === before.id) return (await shownEntities(tx, [before]))[0]!
      await demandNoDrafts(tx, last!, before, null)
      await tx.db.updateTable('legal_entities').set({ is_default: 0n }).where('id', '=', last!.id).execute()
      await tx.db.updateTable('legal_entities').set({ is_default: 1n }).where('id', '=', before.id).execute()
      call.undoWith(leaf.setDefault, { entityId: last!.id }, [
        leaves('legal_entities', { id: before.id }, { is_default: 1n }),
      ])
      return (await shownEntities(tx, [{ ...before, is_default: 1n }]))[0]!
    }),
    setArchived: handle(leaf.setArchived, async call => {
      const { entityId, archived } = call.input
      const before = await getEntity(call.tx, entityId)
      if (archived && before.is_default === 1n) throw invalid('default')
      const archivedAt = archived ? (before.archived_at ?? call.now) : null
      return put(call, environment, entityId, before, { ...storedEntity(before), archivedAt })
    }),
    restore: handle(leaf.restore, async call => {
      const { entityId, entity } = call.input
      await put(call, environment, entityId, await getEntity(call.tx, entityId), entity)
      return { entityId }
    }),
  }
}

/** Says by whom a customer is billed. */
export const assignEntity = handle(leaf.assign, async ({ tx, input, undoWith }) => {
  const { customerId, entityId } = input
  await getCustomer(tx, customerId)
  const rows = await entityRows(tx)
  const after = entityId === null ? rows[0] : await getEntity(tx, entityId)
  const own = await tx.db
    .selectFrom('customer_taxes')
    .select('entity_id')
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  const before = own?.entity_id ?? null
  const seller = rows.find(row => row.id === before) ?? rows[0]
  if (entityId !== before && after?.archived_at != null) throw invalid('default')
  if (seller && after && seller.id !== after.id) await demandNoDrafts(tx, seller, after, customerId)
  await tx.db
    .insertInto('customer_taxes')
    .values({ customer_id: customerId, kind: 'business', region: '', entity_id: entityId })
    .onConflict(conflict => conflict.column('customer_id').doUpdateSet({ entity_id: entityId }))
    .execute()
  undoWith(leaf.assign, { customerId, entityId: before }, [
    leaves('customer_taxes', { customer_id: customerId }, { entity_id: entityId }),
  ])
  return { customerId, entityId }
})

type Call = Pick<CommandCall<unknown>, 'tx' | 'undoWith'>

/** Stores an entity in the place of what there was of it. What is new stays: an archive takes it out of use. */
async function put(
  { tx, undoWith }: Call,
  environment: EnvironmentSettings,
  id: string,
  before: EntityRow | null,
  after: StoredEntity,
) {
  refuseNonsense(after)
  await demandOwnPrefixes(tx, environment, id, after)
  const row = entityRow(id, after)
  if (before) {
    await demandNoDrafts(tx, before, row, null)
    await tx.db.updateTable('legal_entities').set(row).where('id', '=', id).execute()
  } else {
    if (after.isDefault) await demandSameSeller(tx, environment, row)
    await tx.db.insertInto('legal_entities').values(row).execute()
  }
  const { id: _, created_at: __, ...holds } = row
  const back = before ? storedEntity(before) : { ...after, archivedAt: after.createdAt }
  // The first one cannot be taken out of use: everybody is billed by it.
  if (before || !after.isDefault)
    undoWith(leaf.restore, { entityId: id, entity: back }, [leaves('legal_entities', { id }, holds)])
  return (await shownEntities(tx, [row]))[0]!
}

/** The first entity takes the place of the settings: drafts that were taxed for another country are in the way. */
async function demandSameSeller(tx: Tx, environment: EnvironmentSettings, row: EntityRow): Promise<void> {
  const settings = sellerBySettings(await readSettings(reading(tx), environment))
  if (settings.country === null || settings.country === row.country) return
  const count = await openDrafts(tx, null)
  if (count > 0) throw refuse('BILLING_ENTITY_DRAFTS_OPEN', { count })
}

/**
 * Drafts were taxed for who was the seller when they were made, and are issued by who is it then: both must be the
 * same as long as there are any.
 * @param customerId null: of all customers that it may bill
 */
async function demandNoDrafts(
  tx: Tx,
  before: EntityRow,
  after: EntityRow,
  customerId: string | null,
): Promise<void> {
  if (forTax(before) === forTax(after)) return
  const count = await openDrafts(tx, customerId)
  if (count > 0) throw refuse('BILLING_ENTITY_DRAFTS_OPEN', { count })
}

/** What of an entity decides about tax. */
const forTax = (row: EntityRow) => canonicalJson({ ...sellerFacts(row), id: null })

async function openDrafts(tx: Tx, customerId: string | null): Promise<number> {
  let query = tx.db.selectFrom('invoices').select('id').where('state', 'in', ['draft', 'held', 'approved'])
  if (customerId !== null) query = query.where('customer_id', '=', customerId)
  return (await query.execute()).length
}

/** @throws Refusal `BILLING_ENTITY_INVALID` */
function refuseNonsense({ currency, iban, registrations, country }: StoredEntity): void {
  if (findCurrency(currency) === undefined) throw invalid('currency')
  if (iban !== '' && ibanFault(iban) !== null) throw invalid('iban')
  const countries = registrations.map(one => one.country)
  if (countries.includes(country) || new Set(countries).size !== countries.length)
    throw invalid('registration')
}

/**
 * Numbers of two entities never run in one series: each has prefixes of its own. Those of the settings are for the
 * first entity, which goes on with them.
 * @throws Refusal `BILLING_ENTITY_PREFIX_TAKEN`
 */
async function demandOwnPrefixes(
  tx: Tx,
  environment: EnvironmentSettings,
  id: string,
  { invoicePrefix, creditNotePrefix }: StoredEntity,
): Promise<void> {
  const rows = await entityRows(tx)
  const others = rows.filter(row => row.id !== id)
  const taken = new Set(others.flatMap(row => [row.invoice_prefix, row.credit_note_prefix]))
  const first = rows.reduce<EntityRow | null>(
    (least, row) => (least === null || row.created_at < least.created_at ? row : least),
    null,
  )
  if (first !== null && first.id !== id) {
    const settings = await readSettings(reading(tx), environment)
    taken.add(settings['billing.invoicePrefix'])
    taken.add(settings['billing.creditNotePrefix'])
  }
  for (const prefix of [invoicePrefix, creditNotePrefix])
    if (taken.has(prefix)) throw refuse('BILLING_ENTITY_PREFIX_TAKEN', { prefix })
}

function invalid(reason: 'currency' | 'iban' | 'registration' | 'default') {
  return refuse('BILLING_ENTITY_INVALID', { reason })
}
