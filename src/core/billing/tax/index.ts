import { askVatHandlers } from './ask-vat.ts'
import { listCategories, setCategory } from './categories.ts'
import {
  addCertificate,
  customerHandlers,
  endCertificate,
  listVatChecks,
  restoreCertificate,
} from './customers.ts'
import { addRule, editRule, importRules, listRules, removeRule, restoreRule } from './rules.ts'
import type { VatServices } from './vat-questions.ts'

/** Which tax is charged, and why. */
export function taxHandlers(services: VatServices) {
  const { environment } = services
  return {
    rules: listRules(environment),
    addRule,
    editRule,
    removeRule,
    restoreRule,
    importRules,
    categories: listCategories,
    setCategory,
    ...customerHandlers(services),
    ...askVatHandlers(services),
    addCertificate,
    endCertificate,
    restoreCertificate,
    checks: listVatChecks,
  }
}
