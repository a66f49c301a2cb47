import { describe, expect, it } from 'vitest'
import { comparableTagKey, defaultTagDimensions, parseTags, tagValue } from './tag-dimensions.ts'

describe('parseTags', () => {
  it.each([
    [
      '{"env": "prod", " org": "trey"}',
      [
        ['env', 'prod'],
        ['org', 'trey'],
      ],
    ],
    [
      '"tagA": "valueA","tagB": "valueB"',
      [
        ['tagA', 'valueA'],
        ['tagB', 'valueB'],
      ],
    ],
    [
      '{"n": 5, "b": true, "x": null}',
      [
        ['n', '5'],
        ['b', 'true'],
        ['x', ''],
      ],
    ],
    [
      'env:prod; team=core',
      [
        ['env', 'prod'],
        ['team', 'core'],
      ],
    ],
    ['{}', []],
    ['{"cut": "o', null],
    ['nonsense', null],
    ['', []],
  ])('%j', (text, tags) => {
    expect(parseTags(text)).toEqual(tags)
  })
})

describe('tagValue', () => {
  it('takes the first key of the list that has a value', () => {
    const tags = [
      ['Business_Unit', 'ViennaAI'],
      ['dept', ''],
      ['aws:createdBy', 'ann'],
    ] as const
    expect(tagValue(tags, defaultTagDimensions.Department)).toBe('ViennaAI')
    expect(tagValue(tags, defaultTagDimensions.User)).toBe('ann')
    expect(tagValue(tags, defaultTagDimensions.Project)).toBeNull()
  })

  it('compares keys without case, spaces, dashes and prefix', () => {
    expect(comparableTagKey('ms:Cost Department')).toBe('costdepartment')
    expect(comparableTagKey('cost-department')).toBe('costdepartment')
  })
})
