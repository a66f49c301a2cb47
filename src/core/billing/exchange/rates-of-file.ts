import { type ReadRates, readRates } from '#engines/billing/exchange/read-rates.ts'

/**
 * The rates of a file, for a host that brings one: XML of the European Central Bank, else CSV.
 * @param source who published them, where the file does not say it
 */
export function ratesOfFile(text: string, source: string): ReadRates {
  return readRates(text, source)
}
