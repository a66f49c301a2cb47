import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, query, Uuid } from '../define.ts'
import { Delivery } from '../workspace/notifications.ts'

const WRITERS = ['analyst'] as const
const Language = z.enum(['en', 'de', 'fr', 'es', 'ja'])

/** Somebody at a customer who gets its invoices. */
export const Contact = z.object({
  id: Uuid,
  customerId: Uuid,
  name: z.string(),
  email: z.string(),
  language: Language,
})
export type Contact = z.infer<typeof Contact>

const ContactInput = z.object({
  name: z.string().trim().min(1).max(200),
  email: z.email().max(254),
  language: Language,
})
const taken = { BILLING_CONTACT_TAKEN: { data: z.object({ email: z.string() }) } }

export const contacts = {
  /** Who gets what of a customer. */
  list: query('billing.contact.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(
      z.object({
        contacts: z.array(Contact),
        /** Whether invoices go out when they are issued; null: as the workspace says. */
        sendInvoices: z.boolean().nullable(),
        workspaceSends: z.boolean(),
        /** Of mails to the customer's own address; null: as the workspace says. */
        language: Language.nullable(),
        /** Where mails go as things are: the contacts, else the customer's own address. */
        reaches: z.array(
          z.object({ name: z.string(), email: z.string(), suppressed: z.string().nullable() }),
        ),
        mail: z.boolean(),
      }),
    ),
  add: command('billing.contact.add', { roles: WRITERS })
    .input(ContactInput.extend({ customerId: Uuid }))
    .output(Contact)
    .errors(taken),
  edit: command('billing.contact.edit', { roles: WRITERS })
    .input(ContactInput.extend({ contactId: Uuid }))
    .output(Contact)
    .errors(taken),
  remove: command('billing.contact.remove', { roles: WRITERS })
    .input(z.object({ contactId: Uuid }))
    .output(z.object({ contactId: Uuid })),
  /** What undoes `remove`. */
  restore: command('billing.contact.restore', { roles: WRITERS })
    .input(Contact)
    .output(Contact)
    .errors(taken),
  setMessages: command('billing.contact.setMessages', { roles: WRITERS })
    .input(
      z.object({ customerId: Uuid, sendInvoices: z.boolean().nullable(), language: Language.nullable() }),
    )
    .output(z.object({ customerId: Uuid })),
}

/** Issued invoices on their way by e-mail. */
export const invoiceMails = {
  /** Sends an issued invoice with its document to the customer's billing contacts, or to one other address. */
  send: command('billing.invoice.send', { roles: WRITERS, authorityOnly: true })
    .input(
      z.object({
        invoiceId: Uuid,
        /** In place of the contacts. */
        to: z
          .object({ email: z.email().max(254), name: z.string().trim().max(200), language: Language })
          .optional(),
        note: z.string().trim().max(2000).default(''),
      }),
    )
    .output(z.object({ to: z.array(z.object({ name: z.string(), email: z.string() })) }))
    .errors({
      BILLING_INVOICE_NOT_ISSUED: { data: z.object({ state: z.string() }) },
      /** The customer has neither contacts nor an address. */
      BILLING_NOBODY_TO_MAIL: { data: z.object({ customerId: Uuid }) },
      NOTIFY_MAIL_NOT_SET_UP: { data: z.object({}) },
      NOTIFY_SUPPRESSED: { data: z.object({ address: z.string(), reason: z.string() }) },
    }),
  /** What went out of an invoice, the newest first. */
  mails: query('billing.invoice.mails', { roles: EVERYONE })
    .input(z.object({ invoiceId: Uuid }))
    .output(z.object({ deliveries: z.array(Delivery) })),
}
