/** A rule of tax that the demo's company entered. */
export interface DemoTaxRule {
  readonly name: string
  readonly country: string
  readonly region: string
  readonly kind: 'standard' | 'outside'
  /** A fraction. */
  readonly rate: string
  readonly validFrom: string
  readonly source: string
  readonly note: string
}

/** Stands with every rate: the demo shows how tax is worked out, and nobody should take a rate from it. */
export const DEMO_RATE = 'demo rate, not advice'

const rule = (country: string, name: string, rate: string, validFrom: string, law: string): DemoTaxRule => ({
  ...{ country, name, rate, validFrom, source: `${law} (${DEMO_RATE})`, note: '' },
  ...{ region: '', kind: 'standard' },
})

/** States of the United States that the demo's customers are in. */
export const US_STATES = [
  { region: 'NY', place: 'Harborton, NY 12###' },
  { region: 'NY', place: 'Millbrook Falls, NY 13###' },
  { region: 'WA', place: 'Cedar Landing, WA 98###' },
  { region: 'PA', place: 'Springfield, PA 19###' },
  { region: 'CA', place: 'Port Alder, CA 94###' },
  { region: 'CA', place: 'Mesa Vista, CA 92###' },
  { region: 'OR', place: 'Fernbank, OR 97###' },
  { region: 'CO', place: 'Redstone, CO 80###' },
] as const

const state = (region: string, name: string, rate: string, law: string): DemoTaxRule => ({
  ...rule('US', name, rate, '2024-01-01', law),
  ...{ region, note: 'Of the state alone: counties and cities add theirs.' },
})

/**
 * The rates that the demo's company bills with: those of where its two companies are and are registered, and of the
 * countries of the One Stop Shop. Those of the United States are of the state alone, without its counties.
 */
export const TAX_RULES: readonly DemoTaxRule[] = [
  rule('DE', 'Umsatzsteuer', '0.19', '2021-01-01', '§ 12 Abs. 1 UStG'),
  rule('FR', 'TVA', '0.2', '2014-01-01', 'Article 278 CGI'),
  rule('NL', 'Btw', '0.21', '2012-10-01', 'Artikel 9 Wet OB 1968'),
  rule('ES', 'IVA', '0.21', '2012-09-01', 'Artículo 90 Ley 37/1992'),
  rule('IT', 'IVA', '0.22', '2013-10-01', 'Articolo 16 DPR 633/1972'),
  rule('SE', 'Moms', '0.25', '1990-07-01', '9 kap. 2 § ML'),
  rule('PL', 'VAT', '0.23', '2011-01-01', 'Art. 146ef ustawy o VAT'),
  rule('GR', 'ΦΠΑ', '0.24', '2016-06-01', 'Law 4389/2016'),
  rule('GB', 'VAT', '0.2', '2011-01-04', 'VATA 1994, section 2'),
  rule('JP', '消費税', '0.1', '2019-10-01', 'Consumption Tax Act, Article 29; Local Tax Act, Article 72-83'),
  {
    ...rule('US', 'No sales tax', '0', '2024-01-01', 'No registration in the state'),
    ...{ kind: 'outside', note: 'No sales tax is collected in this state.' },
  },
  state('NY', 'New York sales tax', '0.04', 'N.Y. Tax Law § 1105'),
  state('PA', 'Pennsylvania sales tax', '0.06', '72 P.S. § 7202'),
  state('WA', 'Washington sales tax', '0.065', 'RCW 82.08.020'),
]
