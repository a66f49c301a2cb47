import type { Services } from '#core/features.ts'
import { importCustomers } from './import/import-customers.ts'
import { findCustomer, listCustomers, showCustomer } from './list-customers.ts'
import { createCustomer, editCustomer, noteImport, restoreCustomer } from './write-customer.ts'

export function customerHandlers({ files, customerKeys }: Pick<Services, 'files' | 'customerKeys'>) {
  return {
    list: listCustomers,
    get: showCustomer,
    find: findCustomer(customerKeys),
    create: createCustomer,
    edit: editCustomer,
    restore: restoreCustomer,
    noteImport,
    import: importCustomers(files),
  }
}
