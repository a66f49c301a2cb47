import { describe, expect, it } from 'vitest'
import { storiesOf } from '#engines/demo/stories.ts'
import { fromAddress } from '#renderer/features/finops/explorer/address.ts'
import { DemoStory } from '#shared/contract/workspace/demo.ts'
import { storyAddress } from './story-address.ts'

describe('the address of a story', () => {
  it.each(storiesOf('2026-10').map(story => [story.id, story] as const))(
    '%s: opens as it was meant',
    (_, story) => {
      const address = storyAddress(DemoStory.parse(story))
      const params = new URL(address, 'http://localhost').searchParams
      const state = fromAddress(params)
      expect(state.filters.length).toBe(Object.keys(story.where).length)
      expect(state.filters.flatMap(filter => ('values' in filter ? filter.values : []))).toEqual(
        Object.values(story.where).flat(),
      )
      expect(state).toMatchObject({ grain: story.look.grain, currency: 'USD' })
      expect(state.by.length).toBe(1)
      expect(params.get('period')).toBe(`${story.look.first}..${story.look.last}`)
    },
  )

  it('names columns and tags that have no name of their own', () => {
    const dimensions = storiesOf('2026-10').flatMap(story => {
      const params = new URL(storyAddress(DemoStory.parse(story)), 'http://localhost').searchParams
      return fromAddress(params).filters.map(filter => ('dimension' in filter ? filter.dimension : ''))
    })
    expect(dimensions).toContain('tag:project')
    expect(dimensions).toContain('column:SkuMeter')
  })
})
