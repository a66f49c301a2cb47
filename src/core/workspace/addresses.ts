import type { Reader } from '#core/database/store.ts'
import type { Actor } from '#core/runtime/handlers.ts'
import type { Id } from '#shared/ids.ts'

/** Finds where rows of one entity are shown: addresses by row id, of those that this person may see. */
type Place = (reader: Reader, ids: readonly Id[], actor: Actor) => Promise<Map<Id, string>>

/** A page with a parameter that names the row. */
function page(path: string, parameter: string): Place {
  return async (_, ids) => new Map(ids.map(id => [id, `${path}?${new URLSearchParams({ [parameter]: id })}`]))
}

/** Every entity that can be found has its place here. */
const PLACES: Readonly<Record<string, Place>> = {
  person: page('/workspace/people', 'person'),
  job: page('/workspace/jobs', 'job'),
  import: page('/finops/bills', 'receipt'),
  metric: page('/billing/metrics', 'metric'),
  'usage-import': page('/billing/usage', 'receipt'),
  invoice: page('/billing/invoices', 'invoice'),
  payment: page('/billing/payments', 'payment'),
  refund: page('/billing/payments', 'refund'),
  mandate: mandatesOf,
  customer: customersOf,
  plan: page('/billing/plans', 'plan'),
  coupon: page('/billing/coupons', 'coupon'),
  contract: page('/billing/contracts', 'contract'),
  wallet: page('/billing/wallets', 'wallet'),
  'tax-rule': page('/billing/tax', 'rule'),
  'legal-entity': page('/billing/entities', 'entity'),
  dispute: disputesOn,
  /** A month, by its name. */
  period: page('/billing/close', 'month'),
  approval: page('/workspace/approvals', 'approval'),
  view: viewsOf,
  comment: subjectsOf,
}

/** The addresses of rows of one entity. A row that is gone, or that is somebody else's, has none. */
export async function addressesOf(
  reader: Reader,
  entity: string,
  ids: readonly Id[],
  actor: Actor,
): Promise<Map<Id, string>> {
  const place = PLACES[entity]
  return place && ids.length > 0 ? place(reader, ids, actor) : new Map()
}

async function customersOf(reader: Reader, ids: readonly Id[], actor: Actor): Promise<Map<Id, string>> {
  const rows = await reader.db.selectFrom('customers').select('id').where('id', 'in', ids).execute()
  const known = rows.map(row => row.id)
  return page('/billing/customers', 'customer')(reader, known, actor)
}

/** A mandate is shown where its customer is. */
async function mandatesOf(reader: Reader, ids: readonly Id[]): Promise<Map<Id, string>> {
  const rows = await reader.db
    .selectFrom('sepa_mandates')
    .select(['id', 'customer_id'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(row => [row.id, `/billing/customers?customer=${row.customer_id}`]))
}

/** A dispute is shown where its invoice is. */
async function disputesOn(reader: Reader, ids: readonly Id[]): Promise<Map<Id, string>> {
  const rows = await reader.db
    .selectFrom('disputes')
    .select(['id', 'invoice_id'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(row => [row.id, `/billing/invoices?invoice=${row.invoice_id}&tab=corrections`]))
}

async function viewsOf(reader: Reader, ids: readonly Id[], actor: Actor): Promise<Map<Id, string>> {
  const rows = await reader.db
    .selectFrom('views')
    .select(['id', 'address'])
    .where('id', 'in', ids)
    .where(on => on.or([on('owner', '=', actor.id), on('shared', '=', 1n)]))
    .execute()
  return new Map(rows.map(row => [row.id, row.address]))
}

/** A comment is shown where the row is that it stands on. */
async function subjectsOf(reader: Reader, ids: readonly Id[], actor: Actor): Promise<Map<Id, string>> {
  const rows = await reader.db
    .selectFrom('comments')
    .select(['id', 'entity', 'row_id'])
    .where('id', 'in', ids)
    .execute()
  const found = new Map<Id, string>()
  for (const entity of new Set(rows.map(row => row.entity))) {
    const on = rows.filter(row => row.entity === entity)
    const addresses = await addressesOf(
      reader,
      entity,
      on.map(row => row.row_id),
      actor,
    )
    for (const { id, row_id } of on) {
      const address = addresses.get(row_id)
      if (address !== undefined) found.set(id, address)
    }
  }
  return found
}
