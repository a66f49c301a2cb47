/** Countries in which the VAT of the European Union applies, ISO 3166 alpha-2 (Directive 2006/112/EC, Article 5). */
const UNION: ReadonlySet<string> = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
)

/** Whether a country is a member state of the European Union. */
export function isInUnion(country: string): boolean {
  return UNION.has(country)
}
