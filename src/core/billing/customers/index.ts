import type { FilesPort } from '#core/files-port.ts'
import { importCustomers } from './import/import-customers.ts'
import { findCustomer, listCustomers, showCustomer } from './list-customers.ts'
import { createCustomer, editCustomer, noteImport, restoreCustomer } from './write-customer.ts'

export function customerHandlers(files: FilesPort) {
  return {
    list: listCustomers,
    get: showCustomer,
    find: findCustomer,
    create: createCustomer,
    edit: editCustomer,
    restore: restoreCustomer,
    noteImport,
    import: importCustomers(files),
  }
}
