import { entityRow } from '#core/billing/entities/entity-rows.ts'
import { type Row, schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import type { DemoRate } from '#engines/demo/billing/exchange-rates.ts'
import { type DemoTaxFacts, SELLERS } from '#engines/demo/billing/sellers.ts'
import { TAX_RULES } from '#engines/demo/billing/tax-rules.ts'
import type { Id } from '#shared/ids.ts'
import { pastId } from './ids.ts'

const HOUR = 3_600_000n
const DAY = 24n * HOUR
/** Rows of one write: databases limit the parameters of a query. */
const AT_ONCE = 300

/** A customer's tax: what is known of it, and its tax number. */
export interface CustomerTaxFacts extends DemoTaxFacts {
  readonly customerId: string
  readonly country: string
  readonly taxId: string
}

export interface Sellers {
  /** Who enters it, and when. */
  readonly by: string
  readonly at: bigint
  readonly customers: readonly CustomerTaxFacts[]
  readonly rates: readonly DemoRate[]
}

/** Who sells, what decides about tax, and what currencies are worth, before anything is billed. */
export async function storeSellers(tx: Tx, sellers: Sellers, { jobId }: JobFacts): Promise<void> {
  const { by, at, customers, rates } = sellers
  const known = await tx.db.selectFrom('legal_entities').select('id').limit(1).executeTakeFirst()
  if (known) return
  const id = (of: string) => pastId(at, jobId, of)
  const made = { createdBy: by, createdAt: at, archivedAt: null }
  const entities = SELLERS.map((seller, index) =>
    entityRow(id(`entity/${seller.key}`), {
      ...{ ...seller, consumers: 'destination', isDefault: index === 0, ...made },
      ...{ address: [...seller.address], registrations: [...seller.registrations] },
    }),
  )
  await insertRows(tx, 'legal_entities', schema.legal_entities, entities)
  const rules = TAX_RULES.map(
    ({ validFrom, ...rule }): Row<'tax_rules'> => ({
      ...{ id: id(`tax-rule/${rule.country}/${rule.region}`), ...rule, category: 'standard' },
      ...{ inclusive: 0n, valid_from: validFrom, created_by: by, created_at: at },
    }),
  )
  await insertRows(tx, 'tax_rules', schema.tax_rules, rules)
  await insertRows(tx, 'customer_taxes', schema.customer_taxes, taxRows(customers, id))
  await insertRows(tx, 'tax_certificates', schema.tax_certificates, certificateRows(sellers, id))
  await insertRows(tx, 'vat_checks', schema.vat_checks, checkRows(sellers, id))
  const days = rates.map(
    (rate): Row<'exchange_rates'> => ({
      ...{ ...rate, source: 'Made up for the demo', added_by: by },
      added_at: BigInt(Date.parse(rate.day)) + 16n * HOUR,
    }),
  )
  for (let from = 0; from < days.length; from += AT_ONCE)
    await insertRows(tx, 'exchange_rates', schema.exchange_rates, days.slice(from, from + AT_ONCE))
}

function taxRows(customers: readonly CustomerTaxFacts[], id: (of: string) => Id): Row<'customer_taxes'>[] {
  return customers.flatMap(({ customerId, seller, region }) => {
    const own = seller !== SELLERS[0]!.key
    const row = { customer_id: customerId, kind: 'business' as const, region }
    return own || region !== '' ? [{ ...row, entity_id: own ? id(`entity/${seller}`) : null }] : []
  })
}

function certificateRows({ customers, by, at }: Sellers, id: (of: string) => Id): Row<'tax_certificates'>[] {
  return customers.flatMap(({ customerId, country, region, certificate }) =>
    certificate
      ? [
          {
            ...{ id: id(`certificate/${certificate.number}`), customer_id: customerId, country, region },
            ...{ number: certificate.number, reason: certificate.reason, exemption: null },
            ...{ valid_from: certificate.validFrom, valid_until: null, created_by: by, created_at: at },
          },
        ]
      : [],
  )
}

function checkRows({ customers, by }: Sellers, id: (of: string) => Id): Row<'vat_checks'>[] {
  return customers.flatMap(({ customerId, country, taxId, check }) => {
    const read = readVatNumber(taxId, country)
    if (!check || !read.ok) return []
    const at = BigInt(Date.parse(check.on)) + (DAY * 3n) / 5n
    const note = check.state === 'valid' ? 'VIES, name and place agree.' : 'VIES does not know the number.'
    const row = { id: id(`vat-check/${read.number}`), customer_id: customerId, number: read.number }
    return [{ ...row, state: check.state, way: 'hand', answer: '', note, checked_by: by, checked_at: at }]
  })
}
