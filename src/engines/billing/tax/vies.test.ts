import { describe, expect, it } from 'vitest'
import { askAgainAt, isDueToAsk, MOST_ASKED } from './vat-asking.ts'
import { readVatNumber, type VatNumber } from './vat-number.ts'
import { isKnownToVies, readVies, viesQuestion } from './vies.ts'

const number = (text: string) => readVatNumber(text) as { ok: true } & VatNumber
const LYON = number('FR40303265045')

describe('questions to VIES', () => {
  it('name the number, and ours where there is one', () => {
    expect(JSON.parse(viesQuestion(LYON, null))).toEqual({ countryCode: 'FR', vatNumber: '40303265045' })
    expect(JSON.parse(viesQuestion(LYON, number('DE136695976')))).toMatchObject({
      ...{ requesterMemberStateCode: 'DE', requesterNumber: '136695976' },
    })
  })

  it('are for numbers of member states and of Northern Ireland', () => {
    expect(['FR', 'EL', 'XI', 'GB', 'CHE'].map(prefix => isKnownToVies({ prefix }))).toEqual([
      ...[true, true, true, false, false],
    ])
  })
})

describe('answers of VIES', () => {
  const read = (found: unknown, status = 200) =>
    readVies({ status, text: typeof found === 'string' ? found : JSON.stringify(found) }, LYON)
  const good = { countryCode: 'FR', vatNumber: '40303265045', valid: true }
  const reason = (found: unknown, status?: number) => {
    const outcome = read(found, status)
    return outcome.state === 'not-reached' ? outcome.reason : outcome.state
  }

  it('say true or false of the number, with what proves it', () => {
    expect(
      read({
        ...good,
        name: 'SA SODIMAS',
        address: '11 RUE AMPERE\n26600 PONT',
        requestIdentifier: 'WAPIA1',
      }),
    ).toEqual({
      state: 'valid',
      answer: { name: 'SA SODIMAS', address: '11 RUE AMPERE, 26600 PONT', consultation: 'WAPIA1' },
    })
    expect(read({ ...good, vatNumber: '40 303 265 045', valid: false, name: '---' })).toEqual({
      ...{ state: 'invalid', answer: {} },
    })
  })

  it('say nothing of it where they are errors, pages, or about another number', () => {
    expect(reason('<html>Maintenance</html>')).toBe('answer')
    expect(reason('<html>Gateway</html>', 502)).toBe('status')
    expect(reason({ ...good, valid: 'yes' })).toBe('answer')
    expect(reason({ ...good, vatNumber: '83404833048' })).toBe('other-number')
    expect(reason({ valid: true })).toBe('other-number')
    expect(reason('null')).toBe('answer')
    expect(reason(good, 500)).toBe('status')
  })

  it('name what went wrong', () => {
    const error = (name: string) => reason({ actionSucceed: false, errorWrappers: [{ error: name }] })
    expect(error('MS_UNAVAILABLE')).toBe('member-state')
    expect(error('GLOBAL_MAX_CONCURRENT_REQ')).toBe('busy')
    expect(error('IP_BLOCKED')).toBe('blocked')
    expect(error('INVALID_REQUESTER_INFO')).toBe('requester')
    expect(error('SOMETHING_NEW')).toBe('status')
    expect(reason({ errorWrappers: [] })).toBe('status')
    expect(reason({ ...good, valid: false, userError: 'TIMEOUT' })).toBe('member-state')
    expect(reason({ ...good, valid: false, userError: 'INVALID' })).toBe('invalid')
  })
})

describe('when it is asked again', () => {
  const HOUR = 3_600_000n
  it('after 1, 2, 4, 8, 16 hours, then each day, and rests after twelve times', () => {
    const pauses = Array.from({ length: MOST_ASKED }, (_, i) => askAgainAt(i + 1, 0n))
    expect(pauses.map(at => (at === null ? null : at / HOUR))).toEqual([
      ...[1n, 2n, 4n, 8n, 16n, 24n, 24n, 24n, 24n, 24n, 24n, null],
    ])
  })

  it('a number is due that was never asked for, waits for its time, or whose answer is old', () => {
    const day = 24n * HOUR
    const due = (
      answeredAt: bigint | null,
      question: Parameters<typeof isDueToAsk>[0]['question'],
      again = 90,
    ) => isDueToAsk({ answeredAt, question }, again, 100n * day)
    expect(due(null, null)).toBe(true)
    expect(due(11n * day, null)).toBe(false)
    expect(due(10n * day, null)).toBe(true)
    expect(due(10n * day, null, 0)).toBe(false)
    expect(due(null, { state: 'asking', nextAt: null })).toBe(false)
    expect(due(null, { state: 'rests', nextAt: null })).toBe(false)
    expect(due(null, { state: 'waiting', nextAt: 100n * day })).toBe(true)
    expect(due(null, { state: 'waiting', nextAt: 100n * day + 1n })).toBe(false)
  })
})
