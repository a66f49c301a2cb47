import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import type { Automation } from '#shared/contract/billing/automation.ts'

/** Under this id stands what holds for all customers of whom nothing else is said. */
export const EVERYBODY = ''

/** What holds where nobody said anything: nothing happens by itself. */
export const NO_AUTOMATION: Automation = {
  ...{ enabled: false, billingDay: 1, includeUsage: true, autoPayment: false, sendNotifications: false },
}

/** A row as the contract shows it. */
export function automationOf(row: Row<'billing_automation'>): Automation {
  return {
    enabled: row.enabled !== 0n,
    billingDay: Number(row.billing_day),
    includeUsage: row.include_usage !== 0n,
    autoPayment: row.auto_payment !== 0n,
    sendNotifications: row.send_notifications !== 0n,
  }
}

/** All that was said, by customer; that of everybody under `EVERYBODY`. */
export async function automations(session: Pick<Reader | Tx, 'db'>): Promise<Map<string, Automation>> {
  const rows = await (session.db as Reader['db']).selectFrom('billing_automation').selectAll().execute()
  return new Map(rows.map(row => [row.customer_id, automationOf(row)]))
}

/** What holds for a customer. */
export async function automationFor(
  session: Pick<Reader | Tx, 'db'>,
  customerId: string,
): Promise<Automation> {
  const rows = await (session.db as Reader['db'])
    .selectFrom('billing_automation')
    .selectAll()
    .where('customer_id', 'in', [customerId, EVERYBODY])
    .orderBy('customer_id', 'desc')
    .execute()
  return rows[0] ? automationOf(rows[0]) : NO_AUTOMATION
}
