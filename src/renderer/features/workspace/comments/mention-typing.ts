import type { Person } from '#renderer/app/shell/session.ts'

/** A mention that is being typed: from its `@` to the caret. */
export interface MentionTyped {
  readonly start: number
  readonly end: number
  /** What stands behind the `@`. */
  readonly text: string
}

/** People that are offered at once. */
const OFFERED = 6
const LONGEST = 60

/** The mention that the caret stands in, or null. The `@` begins a word, as the core reads it. */
export function mentionAt(body: string, caret: number): MentionTyped | null {
  const start = body.lastIndexOf('@', caret - 1)
  if (start < 0 || caret - start > LONGEST) return null
  if (start > 0 && /[\p{L}\p{N}._%+-]/u.test(body[start - 1]!)) return null
  const text = body.slice(start + 1, caret)
  // A name has blanks in it, so a blank does not end it; two of them, or a new line, do.
  if (/^\s|\s\s|[\n@,;:!?()]/.test(text)) return null
  return { start, end: caret, text }
}

/** The active people whose name, a part of it, or e-mail address begins with what was typed. */
export function peopleFor(typed: string, people: readonly Person[]): readonly Person[] {
  const wanted = fold(typed)
  return people
    .filter(person => person.active)
    .filter(({ name, email }) => {
      const folded = fold(name)
      return folded.startsWith(wanted) || folded.includes(` ${wanted}`) || fold(email).startsWith(wanted)
    })
    .slice(0, OFFERED)
}

/** Puts a person in the place of what was typed. */
export function completeMention(
  body: string,
  { start, end }: MentionTyped,
  person: Pick<Person, 'id' | 'name' | 'email'>,
  people: readonly Pick<Person, 'id' | 'name' | 'active'>[],
): { readonly body: string; readonly caret: number } {
  // Where two people have one name, the name would mean both: the address means this one.
  const alike = people.some(
    other => other.active && other.id !== person.id && fold(other.name) === fold(person.name),
  )
  const written = `@${alike ? person.email : person.name} `
  const rest = body.slice(end).replace(/^ /, '')
  return { body: body.slice(0, start) + written + rest, caret: start + written.length }
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
}
