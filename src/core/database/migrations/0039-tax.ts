import { int, nullable, table, text } from '../table.ts'
import * as oneOffs from './0035-one-offs.ts'

/** What decides about tax: rules by country, what is sold, and what is known of customers. */
export const tables = {
  tax_rules: table({
    scope: 'everyone',
    columns: {
      id: text(),
      name: text(),
      /** ISO 3166 alpha-2, and a part of it; empty for all of it. */
      country: text(),
      region: text(),
      /** Of what is sold: `standard`, `reduced`, or a word of the workspace's own. */
      category: text(),
      kind: text<'standard' | 'reduced' | 'zero' | 'exempt' | 'outside'>(),
      /** A decimal fraction. */
      rate: text(),
      /** Prices have the tax in them. */
      inclusive: int(),
      /** A day, `2026-01-01`. */
      valid_from: text(),
      /** The law or publication that it is from. */
      source: text(),
      /** What a document says of it. */
      note: text(),
      created_by: text(),
      created_at: int(),
    },
    unique: [['country', 'region', 'category', 'valid_from']],
    search: { entity: 'tax-rule', title: 'name', body: ['country', 'category', 'source'] },
  }),
  /** What is not taxed as the standard: by metric, by price of a plan, by one-off charge. */
  tax_categories: table({
    scope: 'everyone',
    key: ['subject'],
    columns: {
      /** `metric/<id>`, `price/<plan>/<key>` or `one-off/<id>`. */
      subject: text(),
      category: text(),
    },
  }),
  /** What of a customer decides its tax, besides its country and its tax number. */
  customer_taxes: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      kind: text<'business' | 'consumer'>(),
      /** A state or province; empty where none is known. */
      region: text(),
      /** The legal entity that bills it; null for the default one. */
      entity_id: nullable(text()),
    },
  }),
  tax_certificates: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      /** Whose tax it exempts from; null for that of any country. */
      country: nullable(text()),
      region: text(),
      number: text(),
      reason: text(),
      /** The code of the reason in electronic invoices. */
      exemption: nullable(text()),
      /** Days; until is the last one. */
      valid_from: text(),
      valid_until: nullable(text()),
      created_by: text(),
      created_at: int(),
    },
    indexes: [['customer_id']],
  }),
  /** What came of asking for VAT numbers: evidence, never changed. */
  vat_checks: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      /** With its country in front, without signs between. */
      number: text(),
      /** Not reached: the service gave no answer, which says nothing of the number. */
      state: text<'valid' | 'invalid' | 'not-reached'>(),
      way: text<'service' | 'hand'>(),
      /** JSON of the service's answer; empty where a person looked. */
      answer: text(),
      note: text(),
      checked_by: nullable(text()),
      checked_at: int(),
    },
    indexes: [['customer_id', 'checked_at']],
  }),
}

/** Lines say why they have their rate. */
export const changed = {
  invoice_lines: table({
    scope: 'finance',
    columns: {
      ...oneOffs.changed.invoice_lines.columns,
      /** JSON: category of EN 16931, reason, source; null where nobody said it. */
      tax_basis: nullable(text()),
    },
    unique: [['item', 'ordinal']],
    indexes: [['subscription_id', 'service_to']],
  }),
}

export const statements = (kind: 'sqlite' | 'postgres') => [
  `ALTER TABLE invoice_lines ADD COLUMN tax_basis ${kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'}`,
]
