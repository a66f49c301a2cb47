import type { HostServices } from '#core/features.ts'
import { listCategories, setCategory } from './categories.ts'
import {
  addCertificate,
  customerHandlers,
  endCertificate,
  listVatChecks,
  restoreCertificate,
} from './customers.ts'
import { addRule, editRule, importRules, listRules, removeRule, restoreRule } from './rules.ts'

/** Which tax is charged, and why. */
export function taxHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    rules: listRules(environment),
    addRule,
    editRule,
    removeRule,
    restoreRule,
    importRules,
    categories: listCategories,
    setCategory,
    ...customerHandlers(environment),
    addCertificate,
    endCertificate,
    restoreCertificate,
    checks: listVatChecks,
  }
}
