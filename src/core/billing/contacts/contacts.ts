import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { addressKey, contactsOf } from '#core/notify/addresses.ts'
import { hasMail } from '#core/notify/plan.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { type Contact, contacts as leaf } from '#shared/contract/billing/mails.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { getCustomer } from '../customers/customer-rows.ts'

type ContactRow = Row<'customer_contacts'>

function contactOf(row: ContactRow): Contact {
  const { id, customer_id: customerId, name, email } = row
  return { id, customerId, name, email, language: row.language as Contact['language'] }
}

export const listContacts = (environment: EnvironmentSettings) =>
  answer(leaf.list, async ({ reader, input }) => {
    const { customerId } = input
    await getCustomer(reader, customerId)
    const settings = await readSettings(reader, environment)
    const rows = await reader.db
      .selectFrom('customer_contacts')
      .selectAll()
      .where('customer_id', '=', customerId)
      .orderBy('name')
      .orderBy('id')
      .execute()
    const messages = await reader.db
      .selectFrom('customer_messages')
      .selectAll()
      .where('customer_id', '=', customerId)
      .executeTakeFirst()
    const reached = await contactsOf(reader, customerId, settings)
    const suppressed = new Map(
      reached.length === 0
        ? []
        : (
            await reader.db
              .selectFrom('suppressions')
              .select(['address', 'reason'])
              .where(
                'address',
                'in',
                reached.map(one => addressKey(one.email)),
              )
              .execute()
          ).map(row => [row.address, row.reason]),
    )
    return {
      contacts: rows.map(contactOf),
      sendInvoices: sendsOf(messages),
      workspaceSends: settings['billing.sendInvoices'],
      language: (messages?.language ?? null) as Contact['language'] | null,
      reaches: reached.map(({ name, email }) => ({
        ...{ name, email },
        suppressed: suppressed.get(addressKey(email)) ?? null,
      })),
      mail: hasMail(settings),
    }
  })

/** What a customer says about its invoices; null where it says nothing. */
export function sendsOf(row: Pick<Row<'customer_messages'>, 'send_invoices'> | undefined): boolean | null {
  return row?.send_invoices === undefined || row.send_invoices === null ? null : row.send_invoices !== 0n
}

async function getContact(tx: Tx, id: string): Promise<ContactRow> {
  const row = await tx.db.selectFrom('customer_contacts').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'contact', id })
  return row
}

/** Refuses an address that another contact of the customer has. */
async function demandFree(tx: Tx, { id, customer_id, email }: ContactRow): Promise<void> {
  const rows = await tx.db
    .selectFrom('customer_contacts')
    .select(['id', 'email'])
    .where('customer_id', '=', customer_id)
    .where('id', '!=', id)
    .execute()
  if (rows.some(row => addressKey(row.email) === addressKey(email)))
    throw refuse('BILLING_CONTACT_TAKEN', { email })
}

export const addContact = handle(leaf.add, async ({ tx, input, ids, now, undoWith }) => {
  const { customerId, name, email, language } = input
  await getCustomer(tx, customerId)
  const row = { id: ids.next(), customer_id: customerId, name, email, language, created_at: now }
  await demandFree(tx, row)
  await tx.db.insertInto('customer_contacts').values(row).execute()
  undoWith(leaf.remove, { contactId: row.id }, [
    leaves('customer_contacts', { id: row.id }, { name, email, language }),
  ])
  return contactOf(row)
})

export const editContact = handle(leaf.edit, async ({ tx, input, undoWith }) => {
  const before = await getContact(tx, input.contactId)
  const { name, email, language } = input
  const row = { ...before, name, email, language }
  await demandFree(tx, row)
  await tx.db
    .updateTable('customer_contacts')
    .set({ name, email, language })
    .where('id', '=', row.id)
    .execute()
  const was = contactOf(before)
  undoWith(leaf.edit, { contactId: row.id, name: was.name, email: was.email, language: was.language }, [
    leaves('customer_contacts', { id: row.id }, { name, email, language }),
  ])
  return contactOf(row)
})

export const removeContact = handle(leaf.remove, async ({ tx, input, undoWith }) => {
  const row = await getContact(tx, input.contactId)
  await tx.db.deleteFrom('customer_contacts').where('id', '=', row.id).execute()
  undoWith(leaf.restore, contactOf(row), [leaves('customer_contacts', { id: row.id }, null)])
  return { contactId: row.id }
})

export const restoreContact = handle(leaf.restore, async ({ tx, input, now, undoWith }) => {
  const { id, customerId, name, email, language } = input
  const row = { id, customer_id: customerId, name, email, language, created_at: now }
  await getCustomer(tx, customerId)
  await demandFree(tx, row)
  await tx.db.insertInto('customer_contacts').values(row).execute()
  undoWith(leaf.remove, { contactId: id }, [leaves('customer_contacts', { id }, { name, email, language })])
  return contactOf(row)
})

export const setMessages = handle(leaf.setMessages, async ({ tx, input, undoWith }) => {
  const { customerId, language } = input
  await getCustomer(tx, customerId)
  const before = await tx.db
    .selectFrom('customer_messages')
    .selectAll()
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  const send_invoices = input.sendInvoices === null ? null : input.sendInvoices ? 1n : 0n
  await tx.db
    .insertInto('customer_messages')
    .values({ customer_id: customerId, send_invoices, language })
    .onConflict(on => on.columns(['customer_id']).doUpdateSet({ send_invoices, language }))
    .execute()
  undoWith(
    leaf.setMessages,
    {
      customerId,
      sendInvoices: sendsOf(before),
      language: (before?.language ?? null) as Contact['language'] | null,
    },
    [leaves('customer_messages', { customer_id: customerId }, { send_invoices, language })],
  )
  return { customerId }
})
