import { int, nullable, table, text } from '../table.ts'

/** Messages to people and systems: queue, deliveries, preferences (docs/notifications.md). */
export const tables = {
  /** What a person was told. On every desk, so it says no amounts: it leads to the row that has them. */
  inbox: table({
    scope: 'everyone',
    columns: {
      id: text(),
      person_id: text(),
      topic: text(),
      /** What is told once is told once, however often it is asked for. */
      once_key: text(),
      title: text(),
      body: text(),
      /** A route of the application, or null. */
      link: nullable(text()),
      urgency: text<'low' | 'normal' | 'urgent'>(),
      at: int(),
      read_at: nullable(int()),
    },
    unique: [['person_id', 'once_key']],
    indexes: [['person_id', 'at'], ['at']],
  }),
  /** What this machine has shown outside its windows. Never leaves it. */
  inbox_shown: table({ key: ['inbox_id'], columns: { inbox_id: text(), at: int() } }),
  /** What is to be told, once. Made by the authority out of what a command asked for. */
  notifications: table({
    scope: 'finance',
    columns: {
      id: text(),
      topic: text(),
      once_key: text(),
      /** The row that it is about; both null where it is about none. */
      entity: nullable(text()),
      row_id: nullable(text()),
      /** JSON of the values that its words are filled with. */
      params: text(),
      urgency: text<'low' | 'normal' | 'urgent'>(),
      link: nullable(text()),
      /** JSON list of the stored documents that go with it. */
      documents: text(),
      by: nullable(text()),
      created_at: int(),
    },
    unique: [['once_key']],
    indexes: [
      ['entity', 'row_id'],
      ['topic', 'created_at'],
    ],
  }),
  /** One notification to one place by one channel: the queue, and afterwards the history. */
  deliveries: table({
    scope: 'finance',
    columns: {
      id: text(),
      notification_id: text(),
      topic: text(),
      channel: text<'email' | 'slack' | 'webhook'>(),
      person_id: nullable(text()),
      customer_id: nullable(text()),
      /** The address of a mail; else the id of the workspace's channel. */
      target: text(),
      /** Whom or what the target is called. */
      name: text(),
      language: text(),
      state: text<'waiting' | 'held' | 'sending' | 'sent' | 'failed' | 'bounced' | 'skipped' | 'cancelled'>(),
      /** Why it is held or skipped, as a code. */
      reason: nullable(text()),
      /** Tries that were begun. */
      attempts: int(),
      /** Tries of which nobody knows whether they got there: so many doubles may exist. */
      unsure: int(),
      not_before: int(),
      effect_id: text(),
      /** The same at every try: by it a receiver knows a double. That of the digest where it went with one. */
      message_id: text(),
      sent_at: nullable(int()),
      /** JSON of code and message. */
      failure: nullable(text()),
      /** What the other side said when it took it. */
      answer: nullable(text()),
      created_at: int(),
    },
    indexes: [
      ['notification_id'],
      ['created_at'],
      ['state', 'created_at'],
      ['effect_id'],
      ['message_id'],
      ['target', 'created_at'],
    ],
  }),
  /** Places of the workspace that are told of topics: Slack and webhooks. Their addresses are secrets. */
  notification_channels: table({
    scope: 'everyone',
    columns: {
      id: text(),
      kind: text<'slack' | 'webhook'>(),
      name: text(),
      /** The machine that its address leads to; the address itself is a secret. */
      host: text(),
      /** JSON list of topics; `*` stands for all. */
      topics: text(),
      active: int(),
      created_at: int(),
      changed_by: nullable(text()),
      changed_at: int(),
    },
    unique: [['name']],
  }),
  /** What a person wants by which channel, and when not. Without a row: as topics say. */
  notification_preferences: table({
    scope: 'everyone',
    key: ['person_id'],
    columns: { person_id: text(), preferences: text(), changed_at: int() },
  }),
  /** Words of the workspace in place of ours, for messages to customers. */
  notification_words: table({
    scope: 'everyone',
    key: ['topic', 'language'],
    columns: {
      topic: text(),
      language: text(),
      title: text(),
      body: text(),
      changed_by: nullable(text()),
      changed_at: int(),
    },
  }),
  /** Addresses that get no mail any more. */
  suppressions: table({
    scope: 'everyone',
    key: ['address'],
    columns: {
      /** In lower case. */
      address: text(),
      reason: text<'bounced' | 'unsubscribed' | 'complained' | 'manual'>(),
      /** What the mail server said, or what somebody noted. */
      note: text(),
      /** The delivery that came back. */
      delivery_id: nullable(text()),
      by: nullable(text()),
      at: int(),
    },
  }),
  /** Who at a customer gets its invoices. Without any it is the customer's own address. */
  customer_contacts: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      name: text(),
      email: text(),
      language: text(),
      created_at: int(),
    },
    unique: [['customer_id', 'email']],
  }),
  /** What a customer's messages follow instead of the workspace's settings. */
  customer_messages: table({
    scope: 'finance',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      /** Whether invoices go out by e-mail when they are issued; null: as the workspace says. */
      send_invoices: nullable(int()),
      /** Of mails to the customer's own address. */
      language: nullable(text()),
    },
  }),
}

/** Notifications that waited by the way they had before; nobody wants to be told of them by two. */
export const statements = () => [`DELETE FROM effects WHERE kind = 'notification' AND state = 'waiting'`]
