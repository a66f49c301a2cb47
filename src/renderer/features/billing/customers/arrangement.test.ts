import { describe, expect, it } from 'vitest'
import { filterOf, sortOf } from './arrangement.ts'

describe('the arrangement of the list of customers', () => {
  it('asks for what the columns are narrowed to', () => {
    expect(
      filterOf({
        plan: { kind: 'contains', text: 'start' },
        state: { kind: 'in', values: ['active', 'none'] },
      }),
    ).toEqual({ plan: 'start', states: ['active', 'none'] })
    expect(filterOf({ state: { kind: 'in', values: ['unheard'] } })).toEqual({})
    expect(filterOf({})).toEqual({})
  })

  it('asks for the order of one column that the core knows', () => {
    expect(sortOf([{ id: 'lastTotal', desc: true }])).toEqual({ sort: { by: 'lastTotal', descending: true } })
    expect(sortOf([{ id: 'unheard', desc: true }])).toEqual({})
    expect(sortOf([])).toEqual({})
  })
})
