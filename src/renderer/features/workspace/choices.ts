import { currencies } from '#shared/currencies.ts'

/** The IANA zones that this browser knows, with UTC first. */
export const ZONE_OPTIONS: string[] = [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC'),
]

/** The currencies of ISO 4217: code and name. */
export const CURRENCY_OPTIONS = currencies.map(({ code, name }) => ({
  value: code,
  label: `${code} – ${name}`,
}))
