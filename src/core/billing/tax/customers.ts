import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { countingNumber, decideTax, plainRate } from '#engines/billing/tax/decide-tax.ts'
import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import {
  type CustomerTax,
  type KeptCertificate,
  tax as leaf,
  type TaxCertificate,
  type VatCheck,
} from '#shared/contract/billing/tax.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { entityOfCustomer } from '../entities/entity-rows.ts'
import { answerOf, buyersOf, certificatesOf, checksOf, proofOf, taxWorld, vatStanding } from './tax-world.ts'
import { settleVatDoubts } from './vat-doubts.ts'
import { type VatServices, vatService } from './vat-questions.ts'

type Own = Pick<Row<'customer_taxes'>, 'kind' | 'region'>
const USUAL = { kind: 'business' as const, region: '', entity_id: null }

/** What is known of a customer for tax. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function customerTax(
  session: Reader | Tx,
  customerId: string,
  services: VatServices,
): Promise<CustomerTax> {
  const reader = reading(session as Tx)
  const customer = await getCustomer(reader, customerId)
  const settings = await readSettings(reader, services.environment)
  const checks = await checksOf(session, [customerId])
  const certificates = await certificatesOf(session, [customerId])
  const own = (await ownOf(reader, customerId)) ?? USUAL
  const proof = proofOf(settings)
  const entity = await entityOfCustomer(reader, customerId)
  const { number, state, checkedAt, vat, fault } = vatStanding(
    customer.profile.taxId,
    customer.country,
    checks,
  )
  const read = readVatNumber(customer.profile.taxId, customer.country)
  return {
    customerId,
    ...{ kind: own.kind, region: own.region },
    entity: entity && { id: entity.id, name: entity.name, said: own.entity_id === entity.id },
    vat: { number, state, checkedAt, fault, counts: countingNumber({ kind: own.kind, vat }, proof) !== null },
    ...(await vatService(reader, services, customerId, read)),
    certificates: certificates.map(shownCertificate),
    checks: checks.map(row => shownCheck(row, customer.name)),
  }
}

function ownOf({ db }: Pick<Reader | Tx, 'db'>, customerId: string) {
  return db
    .selectFrom('customer_taxes')
    .select(['kind', 'region', 'entity_id'])
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
}

export function shownCheck(row: Row<'vat_checks'>, customer: string): VatCheck {
  const { id, number, state, way, note } = row
  return {
    ...{ id, customerId: row.customer_id, customer, number, state, way, note },
    ...{ answer: answerOf(row.answer), by: row.checked_by, at: row.checked_at },
  }
}

export function customerHandlers(services: VatServices) {
  const { environment } = services
  return {
    customer: answer(leaf.customer, ({ reader, input }) => customerTax(reader, input.customerId, services)),
    decide: answer(leaf.decide, async ({ reader, input: { customerId, category, day } }) => {
      const { profile, country } = await getCustomer(reader, customerId)
      const settings = await readSettings(reader, environment)
      const world = await taxWorld(reader, environment)
      if (profile.taxRate !== null) return plainRate(profile.taxRate, 'customer', category, country)
      if (world === null) return plainRate(settings['billing.taxRate'], 'default', category)
      const buyer = (await buyersOf(reader, [customerId])).get(customerId)!
      const taxed = decideTax({ world, buyer, category, day, defaultRate: settings['billing.taxRate'] })
      return { rate: taxed.rate, basis: taxed.basis! }
    }),
    setCustomer: handle(leaf.setCustomer, async call => {
      const { customerId, kind, region } = call.input
      await getCustomer(call.tx, customerId)
      await putOwn(call, customerId, { kind, region })
      return customerTax(call.tx, customerId, services)
    }),
    restoreCustomer: handle(leaf.restoreCustomer, async call => {
      const { customerId, own } = call.input
      await putOwn(call, customerId, own ?? { kind: USUAL.kind, region: USUAL.region })
      return { customerId }
    }),
    noteVatCheck: handle(leaf.noteVatCheck, async ({ tx, input, ids, now, actor }) => {
      const { customerId, state, note } = input
      const { profile, country } = await getCustomer(tx, customerId)
      const read = readVatNumber(profile.taxId, country)
      if (!read.ok) throw refuse('BILLING_VAT_NUMBER_BAD', { number: profile.taxId, reason: read.reason })
      const checked = { answer: '', note, checked_by: byWhom(actor), checked_at: now }
      await tx.db
        .insertInto('vat_checks')
        .values({
          ...{ id: ids.next(), customer_id: customerId, number: read.number, state, way: 'hand' },
          ...checked,
        })
        .execute()
      await tx.db.deleteFrom('vat_questions').where('customer_id', '=', customerId).execute()
      await settleVatDoubts(tx, customerId, read.number, state)
      return customerTax(tx, customerId, services)
    }),
  }
}

type Call = Pick<CommandCall<unknown>, 'tx' | 'undoWith'>

async function putOwn({ tx, undoWith }: Call, customerId: string, own: Own): Promise<void> {
  const found = await ownOf(tx, customerId)
  const before = found ? { kind: found.kind, region: found.region } : null
  await tx.db
    .insertInto('customer_taxes')
    .values({ customer_id: customerId, ...own, entity_id: null })
    .onConflict(conflict => conflict.column('customer_id').doUpdateSet(own))
    .execute()
  undoWith(leaf.restoreCustomer, { customerId, own: before }, [
    leaves('customer_taxes', { customer_id: customerId }, { ...own }),
  ])
}

/** What came of asking for VAT numbers, the newest first. */
export const listVatChecks = answer(leaf.checks, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('vat_checks as check')
    .innerJoin('customers as customer', 'customer.id', 'check.customer_id')
    .selectAll('check')
    .select('customer.name')
    .orderBy('check.checked_at', 'desc')
    .orderBy('check.id', 'desc')
    .limit(input.limit)
    .execute()
  return { checks: rows.map(({ name, ...row }) => shownCheck(row, name)) }
})

function keptCertificate(row: Row<'tax_certificates'>): KeptCertificate {
  const { country, region, number, reason, exemption } = row
  return {
    ...{ customerId: row.customer_id, country, region, number, reason, exemption },
    ...{ validFrom: row.valid_from, validUntil: row.valid_until },
    ...{ createdBy: row.created_by, createdAt: row.created_at },
  }
}

function shownCertificate(row: Row<'tax_certificates'>): TaxCertificate {
  return { id: row.id, ...keptCertificate(row) }
}

function certificateRow(id: string, one: KeptCertificate): Row<'tax_certificates'> {
  const { country, region, number, reason, exemption } = one
  return {
    ...{ id, customer_id: one.customerId, country, region, number, reason, exemption },
    ...{ valid_from: one.validFrom, valid_until: one.validUntil },
    ...{ created_by: one.createdBy, created_at: one.createdAt },
  }
}

export const addCertificate = handle(leaf.addCertificate, async call => {
  const { input, ids, now, actor } = call
  await getCustomer(call.tx, input.customerId)
  return putCertificate(call, ids.next(), null, {
    ...input,
    ...{ createdBy: byWhomOrNobody(actor), createdAt: now },
  })
})

export const endCertificate = handle(leaf.endCertificate, async call => {
  const { certificateId, validUntil } = call.input
  const before = await getCertificate(call.tx, certificateId)
  return putCertificate(call, certificateId, before, { ...keptCertificate(before), validUntil })
})

export const restoreCertificate = handle(leaf.restoreCertificate, async call => {
  const { certificateId, certificate } = call.input
  const { tx, undoWith } = call
  const before = await tx.db
    .selectFrom('tax_certificates')
    .selectAll()
    .where('id', '=', certificateId)
    .executeTakeFirst()
  if (certificate) {
    await putCertificate(call, certificateId, before ?? null, certificate)
    return { certificateId }
  }
  await tx.db.deleteFrom('tax_certificates').where('id', '=', certificateId).execute()
  undoWith(
    leaf.restoreCertificate,
    { certificateId, certificate: keptCertificate(found(before, certificateId)) },
    [leaves('tax_certificates', { id: certificateId }, null)],
  )
  return { certificateId }
})

async function putCertificate(
  { tx, undoWith }: Call,
  id: string,
  before: Row<'tax_certificates'> | null,
  after: KeptCertificate,
): Promise<TaxCertificate> {
  if (after.validUntil !== null && after.validUntil < after.validFrom)
    throw refuse('BILLING_TAX_CERTIFICATE_SPAN', {})
  const row = certificateRow(id, after)
  if (before) await tx.db.updateTable('tax_certificates').set(row).where('id', '=', id).execute()
  else await tx.db.insertInto('tax_certificates').values(row).execute()
  const { id: _, ...holds } = row
  undoWith(leaf.restoreCertificate, { certificateId: id, certificate: before && keptCertificate(before) }, [
    leaves('tax_certificates', { id }, holds),
  ])
  return shownCertificate(row)
}

async function getCertificate(tx: Tx, id: string): Promise<Row<'tax_certificates'>> {
  return found(
    await tx.db.selectFrom('tax_certificates').selectAll().where('id', '=', id).executeTakeFirst(),
    id,
  )
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
function found(row: Row<'tax_certificates'> | undefined, id: string): Row<'tax_certificates'> {
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'tax-certificate', id })
  return row
}
