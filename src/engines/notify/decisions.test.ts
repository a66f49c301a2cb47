import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestText, mailText } from './mail.ts'
import { mailOutcome, webFailure, webOutcome } from './outcome.ts'
import { LONGEST_PAUSE, mostTries, pauseAfter } from './pauses.ts'
import { choiceOf, NO_PREFERENCES, type TimingFacts, timingOf } from './preferences.ts'
import { slackMessage } from './slack.ts'

const NOW = BigInt(Date.UTC(2026, 10, 21, 23))
const facts: TimingFacts = {
  ...{ preferences: NO_PREFERENCES, topic: { id: 't.one', defaults: ['email'] }, channel: 'email' },
  ...{ urgency: 'normal', now: NOW, zone: 'UTC', lastAt: null, bundle: 900_000n },
}
const quiet = { from: 22 * 60, until: 7 * 60, days: [1, 2, 3, 4, 5, 6, 7] }

describe('when a person is told', () => {
  it('follows what they chose, else the topic', () => {
    expect(choiceOf(NO_PREFERENCES, facts.topic, 'email')).toBe('on')
    expect(choiceOf(NO_PREFERENCES, facts.topic, 'desktop')).toBe('off')
    expect(choiceOf({ choices: { 't.one': { email: 'daily' } } }, facts.topic, 'email')).toBe('daily')
    expect(timingOf({ ...facts, channel: 'desktop' })).toEqual({ kind: 'never' })
    expect(timingOf(facts)).toEqual({ kind: 'now' })
  })

  it('urgent comes at once, unless quiet hours are meant for it too', () => {
    const asleep = { ...NO_PREFERENCES, quiet }
    const urgent = { ...facts, urgency: 'urgent' as const, lastAt: NOW - 1n }
    expect(timingOf({ ...urgent, preferences: asleep })).toEqual({ kind: 'now' })
    const deep = { ...asleep, urgentPasses: false }
    expect(timingOf({ ...urgent, preferences: deep })).toMatchObject({ kind: 'held', reason: 'quiet' })
    expect(timingOf({ ...facts, preferences: asleep })).toMatchObject({
      ...{ kind: 'held', reason: 'quiet' },
      until: BigInt(Date.UTC(2026, 10, 22, 7)),
    })
    expect(timingOf({ ...facts, preferences: { ...asleep, zone: 'America/New_York' } })).toEqual({
      kind: 'now',
    })
  })

  it('bundles what follows shortly, and not what comes later or where nothing is bundled', () => {
    expect(timingOf({ ...facts, lastAt: NOW - 1n })).toMatchObject({
      reason: 'many',
      until: NOW - 1n + 900_000n,
    })
    expect(timingOf({ ...facts, lastAt: NOW - 900_000n })).toEqual({ kind: 'now' })
    expect(timingOf({ ...facts, lastAt: NOW - 1n, bundle: 0n })).toEqual({ kind: 'now' })
  })
})

describe('pauses between tries', () => {
  it('grow, stay within a fifth of their plan, differ between deliveries and end', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom('email', 'slack', 'webhook' as const), (id, channel) => {
        for (let attempt = 1; attempt < mostTries(channel); attempt++)
          expect(pauseAfter(channel, attempt, id)).toBeGreaterThanOrEqual(8000)
        expect(pauseAfter(channel, mostTries(channel), id)).toBeNull()
      }),
    )
    expect(pauseAfter('webhook', 3, 'a')).not.toBe(pauseAfter('webhook', 3, 'b'))
    expect(pauseAfter('webhook', 3, 'a')).toBe(pauseAfter('webhook', 3, 'a'))
  })

  it('heed what the other side asks for, up to a day', () => {
    expect(pauseAfter('slack', 1, 'a', 3_600_000)).toBe(3_600_000)
    expect(pauseAfter('slack', 1, 'a', 1)).toBeGreaterThan(1)
    expect(pauseAfter('slack', 1, 'a', 10 * LONGEST_PAUSE)).toBe(LONGEST_PAUSE)
  })
})

describe('what a failure of a mail server means', () => {
  const of = (
    code: string | null,
    command: string | null,
    reply: number | null,
    message: string,
    handedOver = false,
  ) => mailOutcome({ code, command, reply, message, handedOver })

  it.each([
    ['EENVELOPE', 'RCPT TO', 553, '553 no', 'bounced', 'NOTIFY_MAIL_NO_SUCH_ADDRESS'],
    ['EENVELOPE', 'RCPT TO', 550, '550 5.2.1 disabled', 'bounced', 'NOTIFY_MAIL_NO_SUCH_ADDRESS'],
    ['EENVELOPE', 'RCPT TO', 554, '554 relay denied', 'failed', 'NOTIFY_MAIL_REFUSED'],
    ['EENVELOPE', 'MAIL FROM', 550, '550 who are you', 'failed', 'NOTIFY_MAIL_REFUSED'],
    ['EPROTOCOL', 'EHLO', 554, '554 go away', 'later', 'NOTIFY_MAIL_REFUSED'],
    ['EAUTH', 'AUTH PLAIN', 535, '535 no', 'later', 'NOTIFY_MAIL_SIGN_IN'],
    ['ENOAUTH', 'API', null, 'missing', 'later', 'NOTIFY_MAIL_SIGN_IN'],
    ['EPROTOCOL', 'AUTH LOGIN', 534, '534 too weak', 'later', 'NOTIFY_MAIL_SIGN_IN'],
    ['ECONNECTION', 'CONN', 421, '421 busy', 'later', 'NOTIFY_MAIL_LATER'],
    ['ETLS', 'STARTTLS', 500, 'no', 'later', 'NOTIFY_MAIL_TLS'],
    ['ESOCKET', 'CONN', null, 'self-signed certificate', 'later', 'NOTIFY_MAIL_CERTIFICATE'],
    ['EENVELOPE', 'API', null, 'no recipients', 'failed', 'NOTIFY_MAIL_ADDRESS'],
    ['EMESSAGE', 'API', null, 'empty', 'failed', 'NOTIFY_MAIL_REFUSED'],
    ['EDNS', 'CONN', null, 'not found', 'later', 'NOTIFY_MAIL_UNREACHABLE'],
    [null, null, null, 'odd', 'later', 'NOTIFY_MAIL_UNREACHABLE'],
  ])('%s %s %s %s', (code, command, reply, message, kind, expected) => {
    expect(of(code, command, reply, message)).toMatchObject({ kind, code: expected })
  })

  it('without an answer to all of it is in doubt, with one it is not', () => {
    expect(of('ETIMEDOUT', 'CONN', null, 'timeout', true)).toMatchObject({ kind: 'unsure' })
    expect(of('EMESSAGE', 'DATA', 451, '451 later', true)).toMatchObject({ kind: 'later' })
  })
})

describe('what the answer of a web server means', () => {
  it.each([
    [200, 'sent', undefined],
    [204, 'sent', undefined],
    [301, 'failed', 'NOTIFY_WEB_REDIRECT'],
    [400, 'failed', 'NOTIFY_WEB_REFUSED'],
    [401, 'failed', 'NOTIFY_WEB_FORBIDDEN'],
    [404, 'failed', 'NOTIFY_WEB_GONE'],
    [410, 'failed', 'NOTIFY_WEB_GONE'],
    [408, 'later', 'NOTIFY_WEB_LATER'],
    [425, 'later', 'NOTIFY_WEB_LATER'],
    [429, 'later', 'NOTIFY_WEB_LATER'],
    [503, 'later', 'NOTIFY_WEB_LATER'],
  ])('%i is %s', (status, kind, code) => {
    expect(webOutcome(status, '', null, NOW)).toMatchObject({ kind, ...(code ? { code } : {}) })
  })

  it('reads the pause that is asked for, as seconds and as a date', () => {
    expect(webOutcome(429, 'slow down', '120', NOW)).toMatchObject({
      after: 120_000,
      message: '429: slow down',
    })
    const date = new Date(Number(NOW) + 5000).toUTCString()
    expect(webOutcome(503, '', date, NOW)).toMatchObject({ after: 5000 })
    expect(webOutcome(503, '', 'soon', NOW)).not.toHaveProperty('after')
  })

  it('no answer is in doubt once all was handed over', () => {
    expect(webFailure('ECONNRESET', 'reset', true)).toMatchObject({ kind: 'unsure' })
    expect(webFailure('ECONNREFUSED', 'refused', false)).toMatchObject({ code: 'NOTIFY_WEB_UNREACHABLE' })
    expect(webFailure('DEPTH_ZERO_SELF_SIGNED_CERT', 'x', false)).toMatchObject({
      code: 'NOTIFY_WEB_CERTIFICATE',
    })
  })
})

describe('the text of a mail', () => {
  const frame = {
    language: 'en',
    workspace: 'Example <Cloud>',
    link: 'https://q.example/#/x?a=1&b=2',
    why: 'Because.',
  } as const

  it('says the same plain and as HTML, where nothing of it can become markup', () => {
    const { subject, text, html } = mailText(
      { title: 'A "title"', body: 'One\ntwo\n\n<script>alert(1)</script>' },
      frame,
    )
    expect(subject).toBe('A "title"')
    expect(text).toBe(
      'One\ntwo\n\n<script>alert(1)</script>\n\nhttps://q.example/#/x?a=1&b=2\n\n-- \nExample <Cloud> · Because.',
    )
    expect(html).not.toContain('<script>')
    expect(html).toContain('One<br>two')
    expect(html).toContain('href="https://q.example/#/x?a=1&amp;b=2"')
  })

  it('of several says each, with its own link', () => {
    const { subject, text, html } = digestText(
      [
        { title: 'One', body: 'a', link: null },
        { title: 'Two', body: '', link: 'quarterdeck://open/x' },
      ],
      { ...frame, why: null },
    )
    expect(subject).toBe('One (+1)')
    expect(text).toBe('One\n\na\n\nTwo\n\nquarterdeck://open/x\n\n-- \nExample <Cloud>')
    expect(html.match(/<h2/g)).toHaveLength(2)
    expect(digestText([{ title: 'One', body: 'a', link: null }], frame).subject).toBe('One')
  })
})

describe('a message in Slack', () => {
  it('has a header, a text without markup of others, and its link', () => {
    const message = slackMessage(
      { title: 'A & <B>', body: '<!channel> look' },
      { link: 'https://q.example/', urgency: 'urgent', workspace: 'Example' },
    )
    expect(message.text).toBe('\u{1f534} A &amp; &lt;B&gt;')
    expect(message.blocks[1]).toMatchObject({
      text: { text: '&lt;!channel&gt; look\n\n<https://q.example/|Open in Quarterdeck>' },
    })
  })

  it('stays within what Slack takes', () => {
    const { blocks } = slackMessage(
      { title: 't'.repeat(400), body: '&'.repeat(5000) },
      { link: null, urgency: 'normal', workspace: 'Example' },
    ) as { blocks: { text: { text: string } }[] }
    expect(blocks[0]!.text.text.length).toBeLessThanOrEqual(150)
    expect(blocks[1]!.text.text.length).toBeLessThanOrEqual(3000)
    expect(blocks[1]!.text.text).toMatch(/&amp;…$/)
    const empty = slackMessage({ title: 't', body: '' }, { link: null, urgency: 'low', workspace: 'E' })
    expect(empty.blocks).toHaveLength(2)
  })
})
