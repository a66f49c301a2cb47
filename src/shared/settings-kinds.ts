import { z } from 'zod'
import type { SettingValue } from './contract/workspace/settings.ts'
import { findCurrency } from './currencies.ts'
import { isZone } from './zones.ts'

export type SettingGroup = 'workspace' | 'notify' | 'billing' | 'finops' | 'support' | 'health' | 'payments'
export type SettingKind =
  | 'text'
  | 'number'
  | 'decimal'
  | 'boolean'
  | 'choice'
  | 'texts'
  | 'numbers'
  | 'zone'
  | 'currency'
  | 'url'
  | 'image'

/** One setting: what it may hold and where it comes from. `D` is null where there is no default. */
export interface SettingSpec<T, D> {
  readonly group: SettingGroup
  readonly kind: SettingKind
  readonly schema: z.ZodType<T>
  /** Makes of a variable's text what the schema is to judge. */
  readonly fromText: (text: string) => unknown
  readonly default: D
  readonly choices: readonly string[]
  readonly unit: string | null
  readonly secret: boolean
  readonly variable: string | null
  /** `workspace`: a column of the workspace itself, which always has a value. */
  readonly place: 'settings' | 'workspace' | 'secrets'
}
export type AnySetting = SettingSpec<SettingValue, SettingValue>

type Kind<T, D> = Pick<SettingSpec<T, D>, 'kind' | 'schema' | 'fromText' | 'default'> &
  Partial<Pick<SettingSpec<T, D>, 'choices' | 'unit' | 'secret' | 'place'>>

/** Completes a setting. */
export function setting<T, D>(
  parts: Kind<T, D> & { group: SettingGroup; variable?: string; place?: SettingSpec<T, D>['place'] },
): SettingSpec<T, D> {
  return { choices: [], unit: null, secret: false, variable: null, place: 'settings', ...parts }
}

/** 200 KB in base64, and what stands before it. */
export const IMAGE_CHARACTERS = 273_100

const asIs = (text: string) => text
const split = (text: string) => text.split(',').map(part => part.trim())
/** Text that is not a plain decimal number stays text, which the schema then refuses. */
const number = (text: string) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text)
const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
}

const Decimal = z
  .string('must be a decimal number')
  .regex(/^\d{1,12}(\.\d{1,12})?$/, 'must be a decimal number such as 0.08')
const Url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2000)

function distinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}

/** Kinds of settings with their schema and how a variable's text is read. */
export const kinds = {
  text: (longest: number): Kind<string, null> => ({
    kind: 'text',
    schema: z.string('must be text').trim().min(1, 'must not be empty').max(longest, 'is too long'),
    fromText: asIs,
    default: null,
  }),
  /** A short name of something, such as a tier. */
  word: <D extends string>(fallback: D): Kind<string, D> => ({
    kind: 'text',
    schema: z.string('must be text').regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be one short word in lower case'),
    fromText: text => text.toLowerCase(),
    default: fallback,
  }),
  /** What a series of documents begins with. */
  prefix: <D extends string>(fallback: D): Kind<string, D> => ({
    kind: 'text',
    schema: z
      .string('must be text')
      .regex(/^[A-Z0-9]{1,12}$/, 'must be 1 to 12 upper-case letters or digits'),
    fromText: text => text.toUpperCase(),
    default: fallback,
  }),
  /** ISO 3166 alpha-2. */
  country: (): Kind<string, null> => ({
    kind: 'text',
    schema: z.string('must be text').regex(/^[A-Z]{2}$/, 'must be a country code of two letters such as DE'),
    fromText: text => text.toUpperCase(),
    default: null,
  }),
  colour: <D extends string>(fallback: D): Kind<string, D> => ({
    kind: 'text',
    schema: z.string('must be text').regex(/^#[0-9a-f]{6}$/, 'must be a colour such as #0f766e'),
    fromText: text => text.toLowerCase(),
    default: fallback,
  }),
  /** A small picture, as a data address. */
  image: (): Kind<string, null> => ({
    kind: 'image',
    schema: z
      .string('must be text')
      .max(IMAGE_CHARACTERS, 'must be a picture of at most 200 KB')
      .regex(/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/, 'must be a picture, PNG or JPEG'),
    fromText: asIs,
    default: null,
  }),
  secret: (): Kind<string, null> & { secret: true; place: 'secrets' } => ({
    kind: 'text',
    schema: z.string('must be text').min(1, 'must not be empty').max(4000, 'is too long'),
    fromText: asIs,
    default: null,
    secret: true,
    place: 'secrets',
  }),
  zone: (): Kind<string, null> => ({
    kind: 'zone',
    schema: z.string('must be text').max(100).refine(isZone, 'must be a time zone such as Europe/Berlin'),
    fromText: asIs,
    default: null,
  }),
  currency: <D extends string | null = null>(fallback: D = null as D): Kind<string, D> => ({
    kind: 'currency',
    schema: z
      .string('must be text')
      .refine(code => findCurrency(code) !== undefined, 'must be a currency code of ISO 4217 such as EUR'),
    fromText: text => text.toUpperCase(),
    default: fallback,
  }),
  share: <D extends string>(fallback: D): Kind<string, D> => ({
    kind: 'decimal',
    schema: Decimal.refine(
      text => /^(0(\.\d+)?|1(\.0+)?)$/.test(text),
      'must be a share between 0 and 1, such as 0.08 for 8 %',
    ),
    fromText: asIs,
    default: fallback,
  }),
  count: (least: number, most: number, unit: string, fallback: number): Kind<number, number> => ({
    kind: 'number',
    schema: z
      .int(`must be a whole number of ${unit}`)
      .min(least, `must be at least ${least} ${unit}`)
      .max(most, `must be at most ${most} ${unit}`),
    fromText: number,
    unit,
    default: fallback,
  }),
  flag: (fallback: boolean): Kind<boolean, boolean> => ({
    kind: 'boolean',
    schema: z.boolean('must be true or false'),
    fromText: text => FLAGS[text.toLowerCase()] ?? text,
    default: fallback,
  }),
  choice: <C extends string>(choices: readonly [C, ...C[]], fallback: C): Kind<C, C> => ({
    kind: 'choice',
    schema: z.enum(choices, `must be one of ${choices.join(', ')}`) as unknown as z.ZodType<C>,
    fromText: text => text.toLowerCase(),
    choices,
    default: fallback,
  }),
  /** One address of a mailbox, without a name. */
  email: (): Kind<string, null> => ({
    kind: 'text',
    schema: z.email('must be an e-mail address').max(254, 'is too long'),
    fromText: asIs,
    default: null,
  }),
  /** The name of a machine, or its address. */
  machine: (): Kind<string, null> => ({
    kind: 'text',
    schema: z
      .string('must be text')
      .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/, 'must be the name of a server'),
    fromText: asIs,
    default: null,
  }),
  port: (fallback: number): Kind<number, number> => ({
    kind: 'number',
    schema: z.int('must be a port').min(1, 'must be a port').max(65_535, 'must be a port'),
    fromText: number,
    default: fallback,
  }),
  url: (): Kind<string, null> => ({ kind: 'url', schema: Url, fromText: asIs, default: null }),
  texts: (fallback: string[]): Kind<string[], string[]> => ({
    kind: 'texts',
    schema: z
      .array(z.string().trim().min(1, 'must not have empty entries').max(200), 'must be a list of texts')
      .max(50, 'must have at most 50 entries')
      .refine(distinct, 'must not name anything twice'),
    fromText: split,
    default: fallback,
  }),
  percents: (fallback: number[]): Kind<number[], number[]> => ({
    kind: 'numbers',
    schema: z
      .array(
        z
          .number('must be percents such as 80,90,95')
          .gt(0, 'must be above 0')
          .max(1000, 'must be at most 1000'),
        'must be percents such as 80,90,95',
      )
      .min(1, 'must have at least one percent')
      .max(10, 'must have at most 10 percents')
      .refine(
        values => values.every((value, index) => index === 0 || value > values[index - 1]!),
        'must rise from one percent to the next',
      ),
    fromText: text => split(text).map(number),
    unit: 'percent',
    default: fallback,
  }),
}
