/**
 * Which tag keys name the department, project, user and customer of a cost line. The first key that a line has
 * counts. Keys are compared without case, spaces, `_`, `-` and without a prefix that ends in a colon. A workspace
 * can replace each list.
 */
import { comparableName } from './focus-columns.ts'
import type { DimensionName } from './mapping-schema.ts'

export type TagDimensions = Readonly<Record<DimensionName, readonly string[]>>

export const defaultTagDimensions: TagDimensions = {
  Department: ['department', 'dept', 'cost department', 'business unit', 'bu', 'team', 'cost center', 'org'],
  Project: ['project', 'application', 'app', 'app name', 'workload', 'product', 'service'],
  User: ['user', 'owner', 'created by', 'requester', 'contact', 'employee'],
  Customer: ['customer', 'customer id', 'tenant', 'tenant id', 'client', 'account name'],
}

/** A tag key as it is compared with the lists. */
export function comparableTagKey(key: string): string {
  return comparableName(key.slice(key.lastIndexOf(':') + 1))
}

export type Tag = readonly [key: string, value: string]

/** The value of the first of `keys` that the tags have, or null. */
export function tagValue(tags: readonly Tag[], keys: readonly string[]): string | null {
  for (const key of keys) {
    const wanted = comparableTagKey(key)
    const found = tags.find(([name, value]) => value !== '' && comparableTagKey(name) === wanted)
    if (found !== undefined) return found[1]
  }
  return null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
}

/**
 * The tags of a cell: a JSON object, or its inside without braces as Azure writes it, or `key:value;key:value`.
 * Returns null where it is none of these.
 */
export function parseTags(cell: string): Tag[] | null {
  const text = cell.trim()
  for (const json of [text, `{${text}}`]) {
    if (!json.startsWith('{')) continue
    try {
      const object: unknown = JSON.parse(json)
      return Object.entries(object as Record<string, unknown>).map(([key, value]) => [
        key.trim(),
        textOf(value),
      ])
    } catch {
      // Perhaps it is one of the other forms.
    }
  }
  const pairs = text.split(/[;|]/).filter(part => part.trim() !== '')
  const tags: Tag[] = []
  for (const pair of pairs) {
    const match = /^\s*([^:="{][^:=]*?)\s*[:=]\s*(.*?)\s*$/.exec(pair)
    if (match === null) return null
    tags.push([match[1] as string, match[2] as string])
  }
  return tags.length > 0 ? tags : null
}
