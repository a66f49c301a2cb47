import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MandateFacts, mandateState, sequencesOf } from './mandate.ts'
import { isMandateReference, sepaText } from './sepa-text.ts'
import { addDays, addTargetDays, easterOf, isTargetDay, targetDayFrom } from './target-days.ts'

const anyDay = fc.integer({ min: 0, max: 20_000 }).map(days => addDays('2000-01-01', days))

describe('days on which banks settle', () => {
  test('Easter of some years', () => {
    const years = [1999, 2000, 2008, 2016, 2024, 2025, 2026, 2027, 2038]
    // Of the tables of churches: 2008 and 2038 are nearly the earliest and the latest that there can be.
    expect(years.map(year => easterOf(year).toString().slice(5))).toEqual([
      ...['04-04', '04-23', '03-23', '03-27', '03-31', '04-20', '04-05', '03-28', '04-25'],
    ])
  })

  test('the closing days of 2026', () => {
    const closed = Array.from({ length: 365 }, (_, n) => addDays('2026-01-01', n))
      .filter(day => !isTargetDay(day))
      .filter(day => ![6, 0].includes(new Date(`${day}T00:00:00Z`).getUTCDay()))
    // 26 December 2026 is a Saturday.
    expect(closed).toEqual(['2026-01-01', '2026-04-03', '2026-04-06', '2026-05-01', '2026-12-25'])
  })

  test('lead times go over weekends and holidays', () => {
    expect(targetDayFrom('2026-12-24')).toBe('2026-12-24')
    expect(addTargetDays('2026-12-24', 1)).toBe('2026-12-28')
    expect(addTargetDays('2026-04-02', 2)).toBe('2026-04-08')
    expect(addTargetDays('2026-12-25', 0)).toBe('2026-12-28')
  })

  test('lead times add up, and end on a day of settlement', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(10), fc.nat(10), (day, a, b) => {
        expect(addTargetDays(addTargetDays(day, a), b)).toBe(addTargetDays(day, a + b))
        expect(isTargetDay(addTargetDays(day, a))).toBe(true)
      }),
    )
  })
})

const mandate = (more: Partial<MandateFacts> = {}): MandateFacts => ({
  ...{ kind: 'recurrent', signedOn: '2024-02-29', revoked: false, ending: false, lastUsedOn: null, ...more },
})

describe('mandates', () => {
  test('lapse 36 months after they were used last, or signed', () => {
    expect(mandateState(mandate(), '2027-02-28')).toBe('valid')
    expect(mandateState(mandate(), '2027-03-01')).toBe('expired')
    expect(mandateState(mandate({ lastUsedOn: '2026-11-30' }), '2029-11-30')).toBe('valid')
    expect(mandateState(mandate({ lastUsedOn: '2026-11-30' }), '2029-12-01')).toBe('expired')
    expect(mandateState(mandate({ revoked: true }), '2024-03-01')).toBe('revoked')
    const once = mandate({ kind: 'one-off' })
    expect([
      mandateState(once, '2024-03-01'),
      mandateState({ ...once, lastUsedOn: '2024-03-01' }, '2024-03-02'),
    ]).toEqual(['valid', 'used'])
  })

  test('their collections are first, recurrent, final, or the only one', () => {
    expect(sequencesOf(mandate(), 3)).toEqual(['FRST', 'RCUR', 'RCUR'])
    expect(sequencesOf(mandate({ lastUsedOn: '2026-01-01' }), 2)).toEqual(['RCUR', 'RCUR'])
    expect(sequencesOf(mandate({ ending: true }), 2)).toEqual(['FRST', 'FNAL'])
    expect(sequencesOf(mandate({ kind: 'one-off' }), 2)).toEqual(['OOFF'])
    expect(sequencesOf(mandate({ kind: 'one-off' }), 0)).toEqual([])
  })
})

describe('texts', () => {
  test('are written in what every bank takes', () => {
    expect(sepaText('Müller & Söhne GmbH', 70)).toBe('Mueller + Soehne GmbH')
    expect(sepaText('Crédit “Île” €5', 70)).toBe("Credit 'Ile' EUR5")
    expect(sepaText('株式会社 A//B/', 70)).toBe('.... A/B')
    expect(sepaText('abcdef', 3)).toBe('abc')
  })

  test('have no other characters, and become no others when written again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const once = sepaText(text, 140)
        expect(once).toMatch(/^[A-Za-z0-9/\-?:().,'+ ]{0,140}$/)
        expect(sepaText(once, 140)).toBe(once)
      }),
    )
  })

  test('references of mandates', () => {
    for (const good of ['M-1', "A/B+C:(1).,'?", 'x'.repeat(35)]) expect(isMandateReference(good)).toBe(true)
    for (const bad of ['', 'a b', 'x'.repeat(36), '/a', 'a/', 'a//b', 'ä'])
      expect(isMandateReference(bad)).toBe(false)
  })
})
