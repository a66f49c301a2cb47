import type { HostServices } from '#core/features.ts'
import { fetchHandlers } from './fetch-rates.ts'
import { addRates, convertAmounts, listRates, restoreRate, setRate } from './rates.ts'

/** What currencies are worth, and amounts of several in one. */
export function exchangeHandlers(services: Pick<HostServices, 'environment' | 'web'>) {
  return {
    list: listRates,
    add: addRates,
    set: setRate,
    restore: restoreRate,
    convert: convertAmounts(services.environment),
    ...fetchHandlers(services),
  }
}
