import type { Id } from '#shared/ids.ts'

export interface Mentioned {
  readonly personId: Id
  readonly start: number
  readonly length: number
}

interface Somebody {
  readonly id: Id
  readonly name: string
  readonly email: string
}

const AT = /(?<![\p{L}\p{N}._%+-])@(?=[\p{L}\p{N}])/gu

/**
 * The people that a text mentions: `@` and their whole name or their e-mail address, in any case. The longest
 * that fits counts, so that `@Ann Lee` is not Ann; people of the same name are all meant.
 */
export function findMentions(body: string, people: readonly Somebody[]): Mentioned[] {
  const found: Mentioned[] = []
  for (const { index } of body.matchAll(AT)) {
    let longest = 0
    let meant: Id[] = []
    for (const person of people) {
      for (const text of [person.name, person.email]) {
        if (!standsAt(body, index + 1, text)) continue
        if (text.length < longest) continue
        if (text.length > longest) meant = []
        meant.push(person.id)
        longest = text.length
      }
    }
    for (const personId of meant) found.push({ personId, start: index, length: longest + 1 })
  }
  return found
}

/** Whether the text stands at this place, whole: `@Ann` is not the beginning of `@Annabel`. */
function standsAt(body: string, at: number, text: string): boolean {
  const there = body.slice(at, at + text.length)
  if (there.toLowerCase() !== text.toLowerCase()) return false
  return !/^[\p{L}\p{N}_]/u.test(body.slice(at + text.length))
}
