import { int, nullable, table, text } from '../table.ts'

/** Who sells, and what currencies are worth. */
export const tables = {
  /** The companies that bill. Without any the workspace bills, as its settings describe it. */
  legal_entities: table({
    scope: 'everyone',
    columns: {
      id: text(),
      key: text(),
      /** As documents say it. */
      name: text(),
      /** JSON list of lines. */
      address: text(),
      /** ISO 3166 alpha-2. */
      country: text(),
      tax_id: text(),
      /** JSON list of `{country, number}`: other countries whose tax it collects. */
      registrations: text(),
      /** Whose rate consumers in other countries of the EU pay. */
      consumers: text<'origin' | 'destination'>(),
      /** Where its customers pay to. */
      bank_name: text(),
      iban: text(),
      bic: text(),
      /** In which it keeps its books. */
      currency: text(),
      /** What its numbers begin with. */
      invoice_prefix: text(),
      credit_note_prefix: text(),
      /** 1 for the one that bills whom no other does. */
      is_default: int(),
      archived_at: nullable(int()),
      created_by: text(),
      created_at: int(),
    },
    unique: [['key']],
    search: { entity: 'legal-entity', title: 'name', body: ['key', 'country', 'tax_id'] },
  }),
  /** What a unit of one currency is worth in another on a day. */
  exchange_rates: table({
    scope: 'everyone',
    key: ['base', 'quote', 'day'],
    columns: {
      base: text(),
      quote: text(),
      /** `2026-10-30`. */
      day: text(),
      /** So many units of the quote for one of the base: a decimal. */
      rate: text(),
      source: text(),
      added_by: nullable(text()),
      added_at: int(),
    },
    indexes: [['day']],
  }),
}
