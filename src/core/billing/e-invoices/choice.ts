import type { Reader } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { EInvoiceFormat } from '#engines/billing/e-invoice/problems.ts'
import { type EInvoiceChoice, eInvoices as leaf } from '#shared/contract/billing/e-invoices.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { getCustomer } from '../customers/customer-rows.ts'

/** What a customer chose; null where it is as the workspace says. */
async function choiceOf(session: Pick<Reader, 'db'>, customerId: string): Promise<EInvoiceChoice | null> {
  const row = await session.db
    .selectFrom('customer_e_invoices')
    .select('format')
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  return row?.format ?? null
}

/** The electronic invoice that goes out to a customer; null for none. */
export async function formatFor(
  session: Pick<Reader, 'db'>,
  customerId: string,
  settings: Settings,
): Promise<EInvoiceFormat | null> {
  const choice = (await choiceOf(session, customerId)) ?? settings['billing.eInvoice']
  return choice === 'none' ? null : (choice as EInvoiceFormat)
}

export const getEInvoice = (environment: EnvironmentSettings) =>
  answer(leaf.get, async ({ reader, input }) => {
    await getCustomer(reader, input.customerId)
    const settings = await readSettings(reader, environment)
    return {
      format: await choiceOf(reader, input.customerId),
      workspace: settings['billing.eInvoice'] as EInvoiceChoice,
    }
  })

export const chooseEInvoice = handle(leaf.choose, async ({ tx, input, undoWith }) => {
  const { customerId, format } = input
  await getCustomer(tx, customerId)
  const before = await choiceOf(tx as unknown as Reader, customerId)
  if (format === null)
    await tx.db.deleteFrom('customer_e_invoices').where('customer_id', '=', customerId).execute()
  else
    await tx.db
      .insertInto('customer_e_invoices')
      .values({ customer_id: customerId, format })
      .onConflict(on => on.columns(['customer_id']).doUpdateSet({ format }))
      .execute()
  undoWith(leaf.choose, { customerId, format: before }, [
    leaves('customer_e_invoices', { customer_id: customerId }, format === null ? null : { format }),
  ])
  return { customerId }
})
