import { int, nullable, table, text } from '../table.ts'

/** The life cycle of subscriptions: add-ons, planned changes, automated billing. */
export const tables = {
  /** What a subscription has besides its row; where there is none, nothing of it was ever said. */
  subscription_terms: table({
    scope: 'everyone',
    key: ['subscription_id'],
    columns: {
      subscription_id: text(),
      /** A payment method is on file. */
      card: int(),
      /** What becomes of a trial that ends without one. */
      after_trial: text<'convert' | 'pause' | 'expire'>(),
      /** What becomes of what was billed in advance for the time after its end. */
      settlement: text<'credit' | 'refund' | 'none'>(),
      end_reason: nullable(text<'cancelled' | 'trial' | 'unpaid'>()),
      /** The subscription that it goes on from. */
      predecessor_id: nullable(text()),
    },
    indexes: [['predecessor_id']],
  }),
  /** Rhythms in which a subscription is billed, where it has had more than the one of its own row. */
  subscription_cadences: table({
    scope: 'everyone',
    key: ['subscription_id', 'ordinal'],
    columns: {
      subscription_id: text(),
      ordinal: int(),
      interval: text<'week' | 'month' | 'quarter' | 'year'>(),
      alignment: text<'calendar' | 'anniversary'>(),
      anchor_at: int(),
      starts_at: int(),
    },
  }),
  subscription_add_ons: table({
    scope: 'everyone',
    columns: {
      id: text(),
      subscription_id: text(),
      /** Of its periods in the names of billed things: none of the subscription's rhythms has the same. */
      ordinal: int(),
      plan_version_id: text(),
      /** The one price that it is of; null for all of the version. */
      price_id: nullable(text()),
      interval: text<'week' | 'month' | 'quarter' | 'year'>(),
      alignment: text<'calendar' | 'anniversary'>(),
      anchor_at: int(),
      /** JSON list of how many from when to when. */
      stretches: text(),
    },
    indexes: [['subscription_id'], ['plan_version_id']],
  }),
  /** Every change of a subscription in the order in which it was made, also of what is still to come. */
  subscription_changes: table({
    scope: 'everyone',
    columns: {
      id: text(),
      subscription_id: text(),
      /** From 1. */
      number: int(),
      kind: text(),
      /** From when on. */
      at: int(),
      /** JSON of the change, and of the subscription as it was before. */
      change: text(),
      before: text(),
      by: nullable(text()),
      made_at: int(),
      taken_back_at: nullable(int()),
      taken_back_by: nullable(text()),
    },
    unique: [['subscription_id', 'number']],
    indexes: [['at']],
  }),
  /** What came by itself or by somebody, as the daily look noted it: each once, at its own instant. */
  subscription_events: table({
    scope: 'everyone',
    key: ['subscription_id', 'at', 'transition'],
    columns: {
      subscription_id: text(),
      at: int(),
      transition: text(),
      from_state: text(),
      to_state: text(),
      noted_at: int(),
    },
    indexes: [['at']],
  }),
  /** Customers with an invoice that is issued and not paid: from when on that counts. */
  billing_standings: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: { customer_id: text(), past_due_at: int(), unpaid_at: int() },
    indexes: [['past_due_at']],
  }),
  /** What a plan asks of who tries it; without a row it asks nothing, and the trial becomes a subscription. */
  plan_trials: table({
    scope: 'everyone',
    key: ['plan_id'],
    columns: {
      plan_id: text(),
      /** 1 where a trial begins only with a payment method on file. */
      card_required: int(),
      after_trial: text<'convert' | 'pause' | 'expire'>(),
    },
  }),
  /** Billing without anybody's doing: of a customer, or of all others under the empty id. */
  billing_automation: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      enabled: int(),
      /** Of the month, in the customer's zone; the last one where the month is shorter. */
      billing_day: int(),
      include_usage: int(),
      auto_payment: int(),
      send_notifications: int(),
      changed_by: nullable(text()),
      changed_at: int(),
    },
  }),
}
