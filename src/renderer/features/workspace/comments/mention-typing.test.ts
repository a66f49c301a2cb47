import { describe, expect, it } from 'vitest'
import type { Person } from '#renderer/app/shell/session.ts'
import { completeMention, mentionAt, peopleFor } from './mention-typing.ts'

const person = (id: string, name: string, email: string, active = true): Person => ({
  ...{ id, name, email, active },
  ...{ roles: ['analyst'], hasPassphrase: false },
})
const people = [
  person('1', 'Ann Lee', 'ann@example.com'),
  person('2', 'Zoë Ångström', 'zoe@example.com'),
  person('3', 'Otto', 'otto@example.com', false),
  person('4', 'ann lee', 'lee@example.com'),
]

describe('mentionAt', () => {
  const at = (text: string) => mentionAt(text.replace('|', ''), text.indexOf('|'))?.text ?? null

  it('is what stands between an @ and the caret', () => {
    expect(at('look, @an|n')).toBe('an')
    expect(at('@|')).toBe('')
    expect(at('@ann le|')).toBe('ann le')
    expect(at('first @ann, then @zo|')).toBe('zo')
  })

  it('is nothing in an address, behind a sign that ends a name, or on another line', () => {
    expect(at('mail@an|')).toBeNull()
    expect(at('@ann, please|')).toBeNull()
    expect(at('@ |')).toBeNull()
    expect(at('@ann  |')).toBeNull()
    expect(at('@ann\n|')).toBeNull()
    expect(at('no |')).toBeNull()
    expect(at(`@${'a'.repeat(80)}|`)).toBeNull()
  })
})

describe('peopleFor', () => {
  const ids = (typed: string) => peopleFor(typed, people).map(one => one.id)

  it('finds by any part of the name and by the address, without case and marks', () => {
    expect(ids('ANN')).toEqual(['1', '4'])
    expect(ids('lee')).toEqual(['1', '4'])
    expect(ids('angs')).toEqual(['2'])
    expect(ids('zoe@')).toEqual(['2'])
    expect(ids('nn')).toEqual([])
  })

  it('offers nobody who is no longer active', () => {
    expect(ids('otto')).toEqual([])
  })
})

describe('completeMention', () => {
  it('writes the name, and the address where the name means several', () => {
    const body = 'Hello @zo there'
    expect(completeMention(body, mentionAt(body, 9)!, people[1]!, people)).toEqual({
      body: 'Hello @Zoë Ångström there',
      caret: 20,
    })
    expect(completeMention('@le', mentionAt('@le', 3)!, people[3]!, people).body).toBe('@lee@example.com ')
  })
})
