import type { HostServices } from '#core/features.ts'
import { getArrangement, setArrangement } from './arrangements.ts'

/** How the invoices of customers are made. */
export function arrangementHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return { get: getArrangement(environment), set: setArrangement(environment) }
}
