import { costs } from './finops-costs.ts'
import { imports } from './finops-imports.ts'

/** Cloud and vendor cost: bills come in, spend explains itself. */
export const finops = { imports, costs }
