import type { HostServices } from '#core/features.ts'
import { addOneOff, editOneOff, listOneOffs, removeOneOff, restoreOneOff } from './change-one-offs.ts'

/** What is charged once, on one invoice. */
export function oneOffHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    list: listOneOffs,
    add: addOneOff(environment),
    edit: editOneOff(environment),
    remove: removeOneOff(environment),
    restore: restoreOneOff(environment),
  }
}
