import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { Country } from './tax.ts'
import { CurrencyCode, Key } from './values.ts'

const Prefix = z.string().regex(/^[A-Z0-9]{1,12}$/)

const Words = {
  /** As documents say it. */
  name: z.string().trim().min(1).max(200),
  address: z.array(z.string().trim().min(1).max(200)).max(10),
  country: Country,
  /** Its VAT number, or another number of its tax. */
  taxId: z.string().trim().max(60).default(''),
  /** Other countries whose tax it collects from everybody, with its number there. */
  registrations: z
    .array(z.object({ country: Country, number: z.string().trim().min(1).max(60) }))
    .max(60)
    .default([]),
  /** Whose rate consumers in other countries of the EU pay: its own, or theirs by the One Stop Shop. */
  consumers: z.enum(['origin', 'destination']).default('origin'),
  bankName: z.string().trim().max(120).default(''),
  iban: z.string().trim().max(42).default(''),
  bic: z.string().trim().max(11).default(''),
  /** In which it keeps its books. */
  currency: CurrencyCode,
  /** What stands before the year in the numbers of its documents. */
  invoicePrefix: Prefix,
  creditNotePrefix: Prefix,
}

const Stored = z.object({
  key: Key,
  ...Words,
  isDefault: z.boolean(),
  archivedAt: Instant.nullable(),
  createdBy: z.string(),
  createdAt: Instant,
})
export type StoredEntity = z.infer<typeof Stored>

export const LegalEntity = Stored.extend({
  id: Uuid,
  /** Whom it bills because somebody said so. */
  customers: z.number().int(),
})
export type LegalEntity = z.infer<typeof LegalEntity>

const errors = {
  /** It makes no sense, with the reason. */
  BILLING_ENTITY_INVALID: {
    data: z.object({ reason: z.enum(['currency', 'iban', 'registration', 'default']) }),
  },
  /** Another one has it, or the settings do. */
  BILLING_ENTITY_PREFIX_TAKEN: { data: z.object({ prefix: z.string() }) },
  /** Drafts were taxed for another seller: they are issued or voided first. */
  BILLING_ENTITY_DRAFTS_OPEN: { data: z.object({ count: z.number().int() }) },
}

export const entities = {
  /** Those who bill, the default one first; those that bill no more are the last. */
  list: query('billing.entity.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ entities: z.array(LegalEntity) })),
  /** Adds one. The first one bills everybody from then on; where nothing else is said it goes on with the settings' numbers. */
  create: command('billing.entity.create', { roles: ['admin'] })
    .input(z.object({ key: Key, ...Words }))
    .output(LegalEntity)
    .errors({ ...errors, BILLING_KEY_TAKEN: { data: z.object({ key: z.string() }) } }),
  /** Changes what it says from now on; documents that were issued stay as they are. */
  edit: command('billing.entity.edit', { roles: ['admin'] })
    .input(z.object({ entityId: Uuid, ...Words }))
    .output(LegalEntity)
    .errors(errors),
  /** It bills whom no other does. */
  setDefault: command('billing.entity.setDefault', { roles: ['admin'] })
    .input(z.object({ entityId: Uuid }))
    .output(LegalEntity)
    .errors(errors),
  /** Nobody new is billed by it; whom it bills it goes on to bill. */
  setArchived: command('billing.entity.setArchived', { roles: ['admin'] })
    .input(z.object({ entityId: Uuid, archived: z.boolean() }))
    .output(LegalEntity)
    .errors(errors),
  /** Puts one back as it was: what undoing a command runs. */
  restore: command('billing.entity.restore', { roles: [], internal: true })
    .input(z.object({ entityId: Uuid, entity: Stored }))
    .output(z.object({ entityId: Uuid }))
    .errors(errors),
  /** Says by whom a customer is billed; null for the default one. */
  assign: command('billing.entity.assign', { roles: ['analyst'] })
    .input(z.object({ customerId: Uuid, entityId: Uuid.nullable() }))
    .output(z.object({ customerId: Uuid, entityId: Uuid.nullable() }))
    .errors(errors),
}
