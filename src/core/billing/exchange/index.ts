import type { HostServices } from '#core/features.ts'
import { addRates, convertAmounts, listRates, restoreRate, setRate } from './rates.ts'

/** What currencies are worth, and amounts of several in one. */
export function exchangeHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    list: listRates,
    add: addRates,
    set: setRate,
    restore: restoreRate,
    convert: convertAmounts(environment),
  }
}
