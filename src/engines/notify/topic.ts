/** A value that words are filled with. A `?` at the end of a kind: it may be missing. */
export type ParamKind = 'text' | 'number' | 'percent' | 'money' | 'day' | 'instant'
export type ParamKinds = Readonly<Record<string, ParamKind | `${ParamKind}?`>>

export interface MoneyParam {
  /** Minor units. */
  readonly amount: bigint
  readonly currency: string
}

interface ParamTypes {
  text: string
  /** A whole number, or a decimal as text. */
  number: bigint | string
  /** A decimal as text; 90 is 90 %. */
  percent: string
  money: MoneyParam
  /** `YYYY-MM-DD`. */
  day: string
  /** Milliseconds since the epoch, shown in the zone of whoever reads it. */
  instant: bigint
}

/** The values of a topic, by the kinds that it names. */
export type ParamValues<P extends ParamKinds> = {
  readonly [K in keyof P]: P[K] extends `${infer Kind extends ParamKind}?`
    ? ParamTypes[Kind] | null
    : P[K] extends ParamKind
      ? ParamTypes[P[K]]
      : never
}

export type Urgency = 'low' | 'normal' | 'urgent'

/** The languages of messages to customers. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const
export type Language = (typeof LANGUAGES)[number]

/** Channels that a person chooses among. The inbox is none: what a person was told is always there. */
export const PERSONAL_CHANNELS = ['desktop', 'email'] as const
export type PersonalChannel = (typeof PERSONAL_CHANNELS)[number]

/** `{name}` stands for a value; a line whose value is missing is left out. */
export interface Words {
  /** The subject of a mail, the first line of everything else. */
  readonly title: string
  readonly body: string
}

/** Something that people or systems are told of. */
export interface Topic<P extends ParamKinds = ParamKinds> {
  /** `<feature>.<what happened>`; never changes once it is released. */
  readonly id: string
  /** How lists of preferences call it, and what it is about. */
  readonly name: string
  readonly about: string
  readonly audience: 'staff' | 'customer'
  readonly urgency: Urgency
  /** By which channels a person is told who chose nothing. */
  readonly defaults: readonly PersonalChannel[]
  /** Whether Slack and webhooks of the workspace may be told. Not where it is one person's own business. */
  readonly broadcast: boolean
  readonly params: P
  /** For staff in English; for customers in every language. */
  readonly words: Readonly<Partial<Record<Language, Words>>> & { readonly en: Words }
  /** What a preview and a test are filled with. */
  readonly example: ParamValues<P>
}

/** A topic whatever its parameters. */
export type AnyTopic = Omit<Topic, 'params' | 'example'> & {
  readonly params: ParamKinds
  readonly example: Readonly<Record<string, unknown>>
}

/** States a topic; the types of its values follow from its `params`. */
export function defineTopic<const P extends ParamKinds>(topic: Topic<P>): Topic<P> {
  return topic
}
