import type { BillMapping } from '../mapping-schema.ts'
import { awsCurMapping } from './aws-cur.ts'
import { azureEaMapping } from './azure-ea.ts'
import { csvMapping } from './csv.ts'
import { focusMapping } from './focus.ts'

/** Our mappings, in the order in which a file is compared with them; the last fits any CSV. */
export const ownMappings: readonly BillMapping[] = [focusMapping, awsCurMapping, azureEaMapping, csvMapping]
