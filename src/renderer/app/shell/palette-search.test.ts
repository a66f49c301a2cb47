import { describe, expect, it } from 'vitest'
import { find, score } from './palette-search.ts'

const item = (label: string, ...keywords: string[]) => ({ label, keywords })

describe('score', () => {
  it('prefers the beginning of the text, then of a word, then the inside of one, then first letters', () => {
    const ranked = ['cost explorer', 'show costs', 'broadcost', 'cut old stock t'].map(text =>
      score('cost', text),
    )
    expect(ranked).toEqual(ranked.toSorted((a, b) => b - a))
    expect(new Set(ranked).size).toBe(4)
  })

  it('needs every word that was typed', () => {
    expect(score('import bill', 'Import a bill')).toBeGreaterThan(0)
    expect(score('import invoice', 'Import a bill')).toBe(0)
  })

  it('finds words with accents and in any case', () => {
    expect(score('élo', 'Élodie Lefèvre')).toBe(100)
  })
})

describe('find', () => {
  it('lets first letters count only where nothing was found as it was typed', () => {
    const items = [item('Put right items'), item('Print the invoice')]
    expect(find('pri', items, 9).map(one => one.label)).toEqual(['Print the invoice'])
    expect(find('pri', items.slice(0, 1), 9)).toHaveLength(1)
    expect(find('pri', [item('Compare with the period before')], 9)).toHaveLength(0)
  })

  it('finds by keyword, below what has the word in its label', () => {
    const items = [item('Go to settings', 'preferences'), item('Preferences')]
    expect(find('pref', items, 9).map(one => one.label)).toEqual(['Preferences', 'Go to settings'])
  })

  it('keeps the order of what answers equally well, and gives all for nothing typed', () => {
    const items = [item('b'), item('a'), item('c')]
    expect(find('', items, 2).map(one => one.label)).toEqual(['b', 'a'])
  })
})
