/** Text columns of the result whose values are computed, and not simply those of one field. */
import type { ColumnRule } from './mapping-schema.ts'
import type { RowInput } from './row-input.ts'
import { parseTags, type Tag, tagValue } from './tag-dimensions.ts'
import { maxDictionaryEntries } from './text-dictionary.ts'

/** Gives codes to strings; code 0 is null. */
export type Interner = { values: (string | null)[]; codes: Map<string, number> }

export function createInterner(): Interner {
  return { values: [null], codes: new Map() }
}

export function intern(interner: Interner, text: string | null): number {
  if (text === null || text === '') return 0
  const known = interner.codes.get(text)
  if (known !== undefined) return known
  const code = interner.values.push(text) - 1
  interner.codes.set(text, code)
  return code
}

export function isInternerFull(interner: Interner): boolean {
  return interner.values.length >= maxDictionaryEntries
}

export function resetInterner(interner: Interner): void {
  interner.values = [null]
  interner.codes = new Map()
}

/** A column made of the first field that has a value, perhaps with other words, or else of a tag or a constant. */
export type ComputedText = {
  interner: Interner
  fields: readonly number[]
  /** For each field, the code here of each code there. */
  caches: number[][]
  constant: string | null
  wording: (text: string) => string
  /** Position among the targets of the tags, or -1. */
  tag: number
}

export function createComputedText(rule: ColumnRule, fields: readonly number[], tag: number): ComputedText {
  const words = new Map(Object.entries(rule.values ?? {}))
  return {
    interner: createInterner(),
    fields,
    caches: fields.map(() => []),
    constant: rule.constant ?? null,
    wording: rule.values === undefined ? text => text : text => words.get(text) ?? rule.otherwise ?? text,
    tag,
  }
}

/** The code of the row under way. `tagCodes` are the codes of its tags. */
export function computeText(computed: ComputedText, input: RowInput, tagCodes: Int32Array): number {
  const { fields, caches } = computed
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as number
    const source = input.codes[field] as number
    if (source === 0) continue
    const cache = caches[i] as number[]
    return (cache[source] ??= intern(computed.interner, computed.wording(input.word(field) as string)))
  }
  if (computed.tag >= 0) return tagCodes[computed.tag] as number
  return intern(computed.interner, computed.constant)
}

/** Forgets what depends on the codes of fields. */
export function forgetFields(computed: ComputedText): void {
  computed.caches = computed.fields.map(() => [])
}

/** Where a value of the tags goes: to a dimension, a column of one key, or the text of all. */
export type TagTarget = {
  interner: Interner
  /** `json` is the text of the tags where it can be kept as it is. */
  value: (tags: readonly Tag[], json: string | null) => string | null
}

export function dimensionTarget(interner: Interner, keys: readonly string[]): TagTarget {
  return { interner, value: tags => tagValue(tags, keys) }
}

export function keyTarget(interner: Interner, key: string): TagTarget {
  return { interner, value: tags => tags.find(([name]) => name === key)?.[1] ?? null }
}

export function jsonTarget(interner: Interner): TagTarget {
  return {
    interner,
    value: (tags, json) => json ?? (tags.length === 0 ? null : JSON.stringify(Object.fromEntries(tags))),
  }
}

/** Codes of all targets for the tags of a row, computed once for each different text of tags. */
export type TagReader = {
  targets: readonly TagTarget[]
  /** How often each key came in different tag texts, for at most `maxTagKeys` keys. */
  keys: Map<string, number>
  read(text: string | null, single: readonly Tag[]): { codes: Int32Array; readable: boolean }
}

export const maxTagKeys = 1000

export function createTagReader(targets: readonly TagTarget[]): TagReader {
  const keys = new Map<string, number>()
  return {
    targets,
    keys,
    read(text, single) {
      const parsed = text === null ? [] : parseTags(text)
      const tags = [...(parsed ?? []), ...single]
      for (const [key] of tags) {
        const seen = keys.get(key)
        if (seen !== undefined || keys.size < maxTagKeys) keys.set(key, (seen ?? 0) + 1)
      }
      const asItIs = single.length === 0 && (parsed === null || text?.startsWith('{') === true)
      const json = asItIs ? text : null
      const codes = Int32Array.from(targets, target => intern(target.interner, target.value(tags, json)))
      return { codes, readable: parsed !== null }
    },
  }
}

/** The most frequent tag keys. */
export function frequentKeys(counts: ReadonlyMap<string, number>, most: number): string[] {
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([key]) => key)
}
