import { describe, expect, it } from 'vitest'
import { defineTopic, LANGUAGES } from './topic.ts'
import { notificationTopics } from './topics/index.ts'
import { checkWords, fillWords, placesOf } from './words.ts'

const topic = defineTopic({
  ...{ id: 'test.all', name: 'All', about: 'All.', audience: 'customer', urgency: 'normal' },
  ...{ defaults: [], broadcast: false },
  params: {
    who: 'text',
    note: 'text?',
    count: 'number',
    share: 'percent',
    total: 'money',
    due: 'day?',
    seen: 'instant?',
  },
  words: { en: { title: '{who}', body: 'x' } },
  example: {
    ...{ who: 'Ada', note: null, count: 1234n, share: '87.5', due: '2026-12-01', seen: null },
    total: { amount: 123_456n, currency: 'EUR' },
  },
})
const say = (body: string, language: (typeof LANGUAGES)[number] = 'en', more: object = {}) =>
  fillWords(
    { title: 'For {who}\n', body },
    topic.params,
    { ...topic.example, ...more },
    { language, zone: 'Europe/Berlin' },
  )

describe('words', () => {
  it('say values as their language writes them', () => {
    expect(say('{count}, {share}, {total}, {due}').body).toBe('1,234, 87.5 %, EUR 1,234.56, December 1, 2026')
    expect(say('{count}, {share}, {total}, {due}', 'de').body).toBe(
      '1.234, 87,5 %, 1.234,56 EUR, 1. Dezember 2026',
    )
    expect(say('{total}', 'ja', { total: { amount: 5000n, currency: 'JPY' } }).body).toBe('JPY 5,000')
    expect(say('{total}', 'en', { total: { amount: -1n, currency: 'KWD' } }).body).toBe('-KWD 0.001')
    expect(say('{seen}', 'en', { seen: BigInt(Date.UTC(2026, 10, 21, 9)) }).body).toMatch(
      /Nov 21, 2026.*10:00/,
    )
  })

  it('leave out lines whose value is missing, and what is left stands together', () => {
    expect(say('Hello {who},\n\n{note}\n\nSeen {seen}.\n\nBye').body).toBe('Hello Ada,\n\nBye')
    expect(say('{note}', 'en', { note: '' }).body).toBe('')
    expect(say('{note}', 'en', { note: 'two\nlines' }).body).toBe('two\nlines')
  })

  it('have a title of one line, whatever the values are', () => {
    expect(say('x', 'en', { who: 'Ada\r\nBcc: all@example.com' }).title).toBe('For Ada Bcc: all@example.com')
    expect(say('x', 'en', { who: 'a'.repeat(500) }).title).toHaveLength(200)
    expect(
      fillWords({ title: 'A {note} B', body: '' }, topic.params, topic.example, {
        language: 'en',
        zone: 'UTC',
      }).title,
    ).toBe('A B')
  })

  it('keep braces that name no value', () => {
    expect(say('{Who} {1} {} {unknown}').body).toBe('{Who} {1} {} {unknown}')
    expect(placesOf('{a} {b} {a}')).toEqual(['a', 'b'])
  })

  it('are checked before they are stored', () => {
    expect(checkWords(topic, { title: 'For {who}', body: '{total}' })).toEqual([])
    expect(checkWords(topic, { title: ' ', body: '' })).toEqual([
      { code: 'empty-title' },
      { code: 'empty-body' },
    ])
    expect(checkWords(topic, { title: 'a\nb', body: '{whom}' })).toEqual([
      { code: 'title-lines' },
      { code: 'unknown-value', name: 'whom' },
    ])
  })
})

describe.each(notificationTopics.map(one => [one.id, one] as const))('the topic %s', (_, one) => {
  it('has words that name its own values only, in the languages of its readers, and an example that fills them', () => {
    for (const language of one.audience === 'customer' ? LANGUAGES : (['en'] as const)) {
      const words = one.words[language]
      expect(words, language).toBeDefined()
      expect(checkWords(one, words!)).toEqual([])
      const { title, body } = fillWords(words!, one.params, one.example, { language, zone: 'UTC' })
      expect(title).not.toMatch(/[{}]/)
      expect(body).not.toMatch(/[{}]/)
      expect(title).not.toBe('')
    }
  })

  it('has an id of its own that begins with its feature', () => {
    expect(one.id).toMatch(/^(workspace|billing|finops|support|health)\.[a-z][A-Za-z]+$/)
    expect(notificationTopics.filter(other => other.id === one.id)).toHaveLength(1)
  })
})
