import type { EnvironmentSettings } from '#shared/settings.ts'
import {
  addContact,
  editContact,
  listContacts,
  removeContact,
  restoreContact,
  setMessages,
} from './contacts.ts'
import { invoiceDeliveries, sendInvoice } from './send-invoice.ts'

export function contactHandlers(environment: EnvironmentSettings) {
  return {
    ...{ list: listContacts(environment), add: addContact, edit: editContact },
    ...{ remove: removeContact, restore: restoreContact, setMessages },
  }
}

export function invoiceMailHandlers(environment: EnvironmentSettings) {
  return { send: sendInvoice(environment), mails: invoiceDeliveries }
}
