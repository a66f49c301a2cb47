import { describe, expect, it } from 'vitest'
import { sumOf, withOther } from './chart-data.ts'
import { type ChartLook, cartesianOption, pointText, readableOn, treemapOption } from './chart-option.ts'

const look: ChartLook = {
  colour: () => '#0072b2',
  short: String,
  full: String,
  highContrast: false,
  reducedMotion: true,
}

const series = (id: string, ...values: (number | null)[]) => ({ id, label: id, values })

describe('withOther', () => {
  it('keeps the largest and sums the rest, so that nothing is lost', () => {
    const all = [series('a', 1, 1), series('b', 5, 5), series('c', 2, null), series('d', -9, 0)]
    const shown = withOther(all, 3, 'Other')
    expect(shown.map(one => one.label)).toEqual(['b', 'd', 'Other'])
    expect(shown[2]?.values).toEqual([3, 1])
    expect(shown.reduce((sum, one) => sum + sumOf(one), 0)).toBe(
      all.reduce((sum, one) => sum + sumOf(one), 0),
    )
  })

  it('leaves a missing figure missing', () => {
    const shown = withOther([series('a', 9), series('b', null), series('c', null)], 2, 'Other')
    expect(shown[1]?.values).toEqual([null])
  })

  it('changes nothing where all fit', () => {
    expect(withOther([series('a', 1)], 8, 'Other')).toHaveLength(1)
  })
})

describe('pointText', () => {
  const input = {
    type: 'stacked-bar' as const,
    categories: ['May'],
    series: [series('small', 1), series('large', 8), series('none', null), series('hidden', 99)],
    hidden: new Set(['hidden']),
    unit: 'USD',
    totalWord: 'Total',
  }

  it('lists what is shown by size, with the sum of a stack', () => {
    expect(pointText(input, 0, String)).toBe('May\nlarge  8 USD\nsmall  1 USD\nTotal  9 USD')
  })

  it('does not add what is not stacked, nor what it is compared with', () => {
    expect(pointText({ ...input, type: 'line' }, 0, String)).not.toContain('Total')
    const compared = {
      ...input,
      series: [series('a', 1), series('b', 2), { ...series('before', 5), role: 'previous' as const }],
    }
    expect(pointText(compared, 0, String)).toContain('Total  3 USD')
  })
})

describe('options', () => {
  it('draw no HTML, which the policy would forbid, and no series that is hidden', () => {
    const option = cartesianOption(
      {
        type: 'area',
        categories: ['a'],
        series: [series('x', 1), series('y', 2)],
        hidden: new Set(['y']),
        unit: 'EUR',
        totalWord: '',
      },
      look,
    )
    expect(option.tooltip).toMatchObject({ renderMode: 'richText' })
    expect(option.series).toHaveLength(1)
    expect(option.yAxis).toMatchObject({ name: 'EUR' })
  })

  it('give no area to what is not above zero', () => {
    const option = treemapOption(
      [
        { id: 'a', label: 'a', value: 3 },
        { id: 'credit', label: 'credit', value: -2 },
      ],
      'USD',
      look,
    )
    const [map] = option.series as { data: { id: string }[] }[]
    expect(map?.data.map(node => node.id)).toEqual(['a'])
  })
})

describe('readableOn', () => {
  it('is black on light and white on dark', () => {
    expect(readableOn('#dfbc4a')).toBe('#000000')
    expect(readableOn('#0b3a5c')).toBe('#ffffff')
  })
})
