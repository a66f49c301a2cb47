/** A published rate, as it can be made a rule. */
export interface PublishedRate {
  readonly country: string
  readonly category: 'standard' | 'reduced'
  /** A fraction. */
  readonly rate: string
  readonly validFrom: string
}

/** The day of which the rates are. */
export const RATES_AS_OF = '2026-01-01'
export const RATES_SOURCE = 'National VAT laws, as published by the tax authorities'

/**
 * Standard rates of VAT, and of some countries the reduced rate that is the most common, with the day since when each
 * has been in force. What they are for differs by country: whoever imports them has to look before they bill.
 */
export const PUBLISHED_RATES: readonly PublishedRate[] = [
  ...(
    [
      ['AT', '0.2', '1984-01-01'],
      ['BE', '0.21', '1996-01-01'],
      ['BG', '0.2', '1999-01-01'],
      ['CH', '0.081', '2024-01-01'],
      ['CY', '0.19', '2014-01-13'],
      ['CZ', '0.21', '2013-01-01'],
      ['DE', '0.19', '2021-01-01'],
      ['DK', '0.25', '1992-01-01'],
      ['EE', '0.24', '2025-07-01'],
      ['ES', '0.21', '2012-09-01'],
      ['FI', '0.255', '2024-09-01'],
      ['FR', '0.2', '2014-01-01'],
      ['GB', '0.2', '2011-01-04'],
      ['GR', '0.24', '2016-06-01'],
      ['HR', '0.25', '2012-03-01'],
      ['HU', '0.27', '2012-01-01'],
      ['IE', '0.23', '2021-03-01'],
      ['IT', '0.22', '2013-10-01'],
      ['LT', '0.21', '2009-09-01'],
      ['LU', '0.17', '2024-01-01'],
      ['LV', '0.21', '2012-07-01'],
      ['MT', '0.18', '2004-01-01'],
      ['NL', '0.21', '2012-10-01'],
      ['PL', '0.23', '2011-01-01'],
      ['PT', '0.23', '2011-01-01'],
      ['RO', '0.21', '2025-08-01'],
      ['SE', '0.25', '1990-07-01'],
      ['SI', '0.22', '2013-07-01'],
      ['SK', '0.23', '2025-01-01'],
    ] as const
  ).map(([country, rate, validFrom]) => ({ country, category: 'standard' as const, rate, validFrom })),
  ...(
    [
      ['AT', '0.1', '1984-01-01'],
      ['CH', '0.026', '2024-01-01'],
      ['CZ', '0.12', '2024-01-01'],
      ['DE', '0.07', '2021-01-01'],
      ['FR', '0.055', '2014-01-01'],
      ['GB', '0.05', '1997-09-01'],
      ['IT', '0.1', '1995-02-24'],
      ['NL', '0.09', '2019-01-01'],
      ['RO', '0.11', '2025-08-01'],
    ] as const
  ).map(([country, rate, validFrom]) => ({ country, category: 'reduced' as const, rate, validFrom })),
]
