import type { Reader } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { leitwegFault } from '#engines/billing/e-invoice/leitweg-id.ts'
import type { EInvoiceFormat } from '#engines/billing/e-invoice/problems.ts'
import { type EInvoiceChoice, eInvoices as leaf } from '#shared/contract/billing/e-invoices.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { getCustomer } from '../customers/customer-rows.ts'

/** What a customer chose; null where it is as the workspace says. */
async function choiceOf(session: Pick<Reader, 'db'>, customerId: string): Promise<EInvoiceChoice | null> {
  const row = await session.db
    .selectFrom('customer_e_invoices')
    .select('format')
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  return (row?.format as EInvoiceChoice | undefined) ?? null
}

/** What a customer wants its electronic invoices to name (BT-10); empty for nothing. */
export async function buyerReferenceOf(session: Pick<Reader, 'db'>, customerId: string): Promise<string> {
  const row = await session.db
    .selectFrom('customer_e_references')
    .select('reference')
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  return row?.reference ?? ''
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
      buyerReference: await buyerReferenceOf(reader, input.customerId),
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
      .values({ customer_id: customerId, format: format as 'none' })
      .onConflict(on => on.columns(['customer_id']).doUpdateSet({ format: format as 'none' }))
      .execute()
  undoWith(leaf.choose, { customerId, format: before }, [
    leaves(
      'customer_e_invoices',
      { customer_id: customerId },
      format === null ? null : { format: format as 'none' },
    ),
  ])
  return { customerId }
})

export const setReference = handle(leaf.setReference, async ({ tx, input, undoWith }) => {
  const { customerId, buyerReference } = input
  await getCustomer(tx, customerId)
  if (leitwegFault(buyerReference)) throw refuse('BILLING_LEITWEG_ID', { reference: buyerReference })
  const before = await buyerReferenceOf(tx as unknown as Reader, customerId)
  await tx.db.deleteFrom('customer_e_references').where('customer_id', '=', customerId).execute()
  if (buyerReference !== '')
    await tx.db
      .insertInto('customer_e_references')
      .values({ customer_id: customerId, reference: buyerReference })
      .execute()
  undoWith(leaf.setReference, { customerId, buyerReference: before }, [
    leaves(
      'customer_e_references',
      { customer_id: customerId },
      buyerReference === '' ? null : { reference: buyerReference },
    ),
  ])
  return { customerId }
})
