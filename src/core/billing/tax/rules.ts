import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { compare, exactOf, isZero, scaled } from '#engines/billing/exact.ts'
import { PUBLISHED_RATES, RATES_AS_OF, RATES_SOURCE } from '#engines/billing/tax/published-rates.ts'
import { tax as leaf, type StoredTaxRule, type TaxRule } from '#shared/contract/billing/tax.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { sellersOf } from '../entities/entity-rows.ts'
import { sellerBySettings } from './tax-world.ts'

function storedRule(row: Row<'tax_rules'>): StoredTaxRule {
  const { name, country, region, category, kind, rate, source, note } = row
  return {
    ...{ name, country, region, category, kind, rate, source, note },
    ...{ inclusive: row.inclusive === 1n, validFrom: row.valid_from },
    ...{ createdBy: row.created_by, createdAt: row.created_at },
  }
}

function ruleRow(id: string, one: StoredTaxRule): Row<'tax_rules'> {
  const { name, country, region, category, kind, rate, source, note } = one
  return {
    ...{ id, name, country, region, category, kind, rate, source, note },
    ...{ inclusive: one.inclusive ? 1n : 0n, valid_from: one.validFrom },
    ...{ created_by: one.createdBy, created_at: one.createdAt },
  }
}

const placeOf = ({ country, region, category }: Row<'tax_rules'>) => `${country}/${region}/${category}`

/** All rules, by place and category, the newest first of each. */
export function listRules(environment: EnvironmentSettings) {
  return answer(leaf.rules, async ({ reader, now }) => {
    const rows = await reader.db
      .selectFrom('tax_rules')
      .selectAll()
      .orderBy('country')
      .orderBy('region')
      .orderBy('category')
      .orderBy('valid_from', 'desc')
      .execute()
    const today = new Date(Number(now)).toISOString().slice(0, 10)
    const inForce = new Set<string>()
    const rules = rows.map((row): TaxRule => {
      const replaced = inForce.has(placeOf(row))
      if (row.valid_from <= today) inForce.add(placeOf(row))
      return { id: row.id, ...storedRule(row), replaced }
    })
    const there = new Set(rows.map(row => row.country))
    const missing = [...new Set(PUBLISHED_RATES.map(({ country }) => country))].filter(one => !there.has(one))
    const [seller = sellerBySettings(await readSettings(reader, environment))] = await sellersOf(reader)
    return {
      rules,
      home: seller.country,
      offered: { asOf: RATES_AS_OF, source: RATES_SOURCE, missing: missing.sort() },
    }
  })
}

export const addRule = handle(leaf.addRule, call =>
  put(call, call.ids.next(), null, {
    ...call.input,
    ...{ createdBy: byWhomOrNobody(call.actor), createdAt: call.now },
  }),
)

export const editRule = handle(leaf.editRule, async call => {
  const { ruleId, ...terms } = call.input
  const before = await getRule(call.tx, ruleId)
  return put(call, ruleId, before, { ...storedRule(before), ...terms })
})

export const removeRule = handle(leaf.removeRule, call => take(call, call.input.ruleId))

export const restoreRule = handle(leaf.restoreRule, async call => {
  const { ruleId, rule } = call.input
  if (rule === null) return take(call, ruleId)
  const before = await call.tx.db
    .selectFrom('tax_rules')
    .selectAll()
    .where('id', '=', ruleId)
    .executeTakeFirst()
  await put(call, ruleId, before ?? null, rule)
  return { ruleId }
})

/** Adds the published rates of countries of which there is no rule. */
export const importRules = handle(leaf.importRules, async ({ tx, input, ids, now, actor }) => {
  const there = await tx.db.selectFrom('tax_rules').select('country').distinct().execute()
  const taken = new Set(there.map(row => row.country))
  const wanted = PUBLISHED_RATES.filter(
    ({ country }) => input.countries.includes(country) && !taken.has(country),
  )
  const rows = wanted.map(({ country, category, rate, validFrom }) =>
    ruleRow(ids.next(), {
      ...{ name: `${country} ${category}`, country, region: '', category, kind: category, rate },
      ...{ inclusive: false, validFrom, source: `${RATES_SOURCE}, ${RATES_AS_OF}`, note: '' },
      ...{ createdBy: byWhomOrNobody(actor), createdAt: now },
    }),
  )
  if (rows.length > 0) await tx.db.insertInto('tax_rules').values(rows).execute()
  return { added: rows.length }
})

type Call = Pick<CommandCall<unknown>, 'tx' | 'undoWith'>

/** Stores a rule in the place of what there was of it. */
async function put(
  { tx, undoWith }: Call,
  id: string,
  before: Row<'tax_rules'> | null,
  after: StoredTaxRule,
): Promise<TaxRule> {
  refuseNonsense(after)
  const same = await tx.db
    .selectFrom('tax_rules')
    .select('name')
    .where('country', '=', after.country)
    .where('region', '=', after.region)
    .where('category', '=', after.category)
    .where('valid_from', '=', after.validFrom)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (same) throw refuse('BILLING_TAX_RULE_THERE', { name: same.name })
  const row = ruleRow(id, after)
  if (before) await tx.db.updateTable('tax_rules').set(row).where('id', '=', id).execute()
  else await tx.db.insertInto('tax_rules').values(row).execute()
  const { id: _, ...holds } = row
  undoWith(leaf.restoreRule, { ruleId: id, rule: before && storedRule(before) }, [
    leaves('tax_rules', { id }, holds),
  ])
  return { id, ...after, replaced: false }
}

async function take({ tx, undoWith }: Call, id: string): Promise<{ ruleId: string }> {
  const before = await getRule(tx, id)
  await tx.db.deleteFrom('tax_rules').where('id', '=', id).execute()
  undoWith(leaf.restoreRule, { ruleId: id, rule: storedRule(before) }, [leaves('tax_rules', { id }, null)])
  return { ruleId: id }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
async function getRule(tx: Tx, id: string): Promise<Row<'tax_rules'>> {
  const row = await tx.db.selectFrom('tax_rules').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'tax-rule', id })
  return row
}

/** @throws Refusal `BILLING_TAX_RULE_INVALID` */
function refuseNonsense({ kind, rate }: StoredTaxRule): void {
  const exact = exactOf(rate)
  const taxes = kind === 'standard' || kind === 'reduced'
  if (compare(exact, scaled(1n)) >= 0) throw refuse('BILLING_TAX_RULE_INVALID', { reason: 'rate' })
  if (!taxes && !isZero(exact)) throw refuse('BILLING_TAX_RULE_INVALID', { reason: 'no-rate' })
  if (taxes && isZero(exact)) throw refuse('BILLING_TAX_RULE_INVALID', { reason: 'outside' })
}
