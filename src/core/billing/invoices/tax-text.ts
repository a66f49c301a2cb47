import type { Row } from '#core/database/schema.ts'
import { plainRate } from '#engines/billing/tax/decide-tax.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { TaxBasis } from '#shared/contract/billing/tax-facts.ts'

/** What most reasons say: it is left out of what is stored. */
const USUAL: Omit<TaxBasis, 'code' | 'kind' | 'reason'> = {
  ...{ country: null, region: '', category: 'standard', inclusive: false, source: '', exemption: null },
  ...{ note: '', ruleId: null, vatNumber: null },
}

/** Why a line has its rate, as its row keeps it. */
export function taxText(basis: TaxBasis | null | undefined): string | null {
  if (!basis) return null
  const said = Object.entries(basis).filter(([name, value]) => USUAL[name as keyof typeof USUAL] !== value)
  return canonicalJson(Object.fromEntries(said))
}

/** Reads what `taxText` wrote. */
export function taxBasisOf(text: string | null): TaxBasis | null {
  if (text === null) return null
  return { ...USUAL, ...fromCanonical<Pick<TaxBasis, 'code' | 'kind' | 'reason'>>(text) }
}

/** Why a line has its rate, for those who look at it: where its row says nothing there were no rules. */
export function shownBasis(row: Pick<Row<'invoice_lines'>, 'tax_rate' | 'tax_basis'>): TaxBasis {
  return taxBasisOf(row.tax_basis) ?? plainRate(row.tax_rate, 'default', 'standard').basis
}
