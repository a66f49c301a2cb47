import { int, nullable, table, text } from '../table.ts'

/** What public services are asked for: VAT numbers that have no answer yet, and rates. */
export const tables = {
  /** One for a customer; gone once there is an answer, which is in `vat_checks`. */
  vat_questions: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      /** With its country in front. */
      number: text(),
      /** Under way, to be asked again, or asked often enough. */
      state: text<'asking' | 'waiting' | 'rests'>(),
      /** How often it was asked in vain. */
      tries: int(),
      next_at: nullable(int()),
      /** Why there was no answer; empty before. */
      reason: text(),
      asked_by: nullable(text()),
      asked_at: int(),
    },
    indexes: [['state', 'next_at']],
  }),
  /** Each time that rates were fetched, with what came of it. */
  rate_fetches: table({
    scope: 'everyone',
    columns: {
      id: text(),
      /** The last day, or the last ninety. */
      span: text<'day' | 'quarter'>(),
      state: text<'asking' | 'done' | 'failed'>(),
      /** Why it failed; else empty. */
      reason: text(),
      asked_by: nullable(text()),
      asked_at: int(),
      done_at: nullable(int()),
      added: int(),
      there: int(),
      /** Of how many the publication itself was no rate, or said two. */
      problems: int(),
      /** JSON list of those that were there with another rate, which was kept. */
      differing: text(),
      /** The newest day that was published; empty where nothing came. */
      latest: text(),
    },
    indexes: [['asked_at']],
  }),
}
