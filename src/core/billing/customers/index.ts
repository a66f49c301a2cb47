import { listCustomers, showCustomer } from './list-customers.ts'
import { createCustomer, editCustomer, noteImport, restoreCustomer } from './write-customer.ts'

export const customerHandlers = {
  list: listCustomers,
  get: showCustomer,
  create: createCustomer,
  edit: editCustomer,
  restore: restoreCustomer,
  noteImport,
}
