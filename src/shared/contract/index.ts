import { access } from './access.ts'
import { billing } from './billing.ts'
import { finops } from './finops.ts'
import { sync } from './sync.ts'
import { workspace } from './workspace.ts'

/** Everything that can be asked of the core, by feature. A capability's path is its id. */
export const contract = { workspace, access, sync, billing, finops }
export type Contract = typeof contract
