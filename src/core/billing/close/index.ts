import type { HostServices } from '#core/features.ts'
import { closeBilled, closeCustomers, closePrices, closeTax } from './facts.ts'
import { closeQuantities } from './quantities.ts'
import { closeReadiness, closeRuns, getClose, startClose } from './runs.ts'

export function closeHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    start: startClose(environment),
    runs: closeRuns,
    get: getClose,
    readiness: closeReadiness,
    customers: closeCustomers,
    tax: closeTax(environment),
    prices: closePrices,
    billed: closeBilled,
    quantities: closeQuantities,
  }
}
