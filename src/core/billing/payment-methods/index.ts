import type { PaymentProviders } from '../providers/payment-provider.ts'
import { fetchMethods, listProviders, openPortal } from './ask-provider.ts'
import {
  addMethod,
  keepMethods,
  listMethods,
  removeMethod,
  restoreMethod,
  setDefaultMethod,
} from './change-methods.ts'

/** The ways in which customers pay, and who carries their payments. */
export function methodHandlers(providers: PaymentProviders) {
  return {
    list: listMethods,
    providers: listProviders(providers),
    add: addMethod(providers),
    setDefault: setDefaultMethod,
    remove: removeMethod,
    restore: restoreMethod,
    fetch: fetchMethods(providers),
    keep: keepMethods,
    portal: openPortal(providers),
  }
}
