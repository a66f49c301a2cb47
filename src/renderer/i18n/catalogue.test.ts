import { describe, expect, it } from 'vitest'
import { errorWords } from '#renderer/ui/page/error-words.ts'
import { contract } from '#shared/contract/index.ts'
import { hostContract } from '#shared/host-contract.ts'
import { SETTING_NAMES } from '#shared/settings.ts'
import { en } from './en.ts'
import { createI18n } from './i18n.ts'

const words = createI18n('en')

/** Every code that a capability can refuse with. */
function codesOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const definition = (node as { '~orpc'?: { errorMap?: object } })['~orpc']
  if (definition) return Object.keys(definition.errorMap ?? {})
  return Object.values(node).flatMap(codesOf)
}

describe('the catalogue', () => {
  it('has words for every error of the contract', () => {
    const codes = [...new Set([...codesOf(contract), ...codesOf(hostContract)])]
    expect(codes.length).toBeGreaterThan(20)
    expect(codes.filter(code => !words.exists(`errors.${code}`))).toEqual([])
  })

  it('has a name for every setting', () => {
    expect(SETTING_NAMES.filter(name => !words.exists(`workspace.setting.${name}`))).toEqual([])
  })

  it('has no sentence that is empty', () => {
    const empty: string[] = []
    const walk = (node: object, path: string) => {
      for (const [name, value] of Object.entries(node)) {
        if (typeof value === 'string') {
          if (value.trim() === '') empty.push(`${path}${name}`)
        } else walk(value as object, `${path}${name}.`)
      }
    }
    walk(en, '')
    expect(empty).toEqual([])
  })
})

describe('errorWords', () => {
  it('names the data of an error in its sentence', () => {
    const error = { code: 'WORKSPACE_EMAIL_TAKEN', data: { email: 'a@b.example' } }
    expect(errorWords(error, words)).toEqual({
      text: expect.stringContaining('a@b.example'),
      reference: null,
      code: 'WORKSPACE_EMAIL_TAKEN',
    })
  })

  it('says months as people do', () => {
    const error = { code: 'BILLING_PERIOD_LOCKED', data: { period: '2026-10' } }
    expect(errorWords(error, words).text).toMatch(/^Oct 2026 is locked: /)
    const day = { code: 'BILLING_DEBIT_DAY', data: { collectOn: '2026-12-25', earliest: '2026-12-28' } }
    expect(errorWords(day, words).text).toMatch(/on 25 Dec 2026\. .* is 28 Dec 2026;/)
  })

  it('joins lists', () => {
    const error = { code: 'WORKSPACE_FORBIDDEN', data: { roles: ['admin', 'ops'] } }
    expect(errorWords(error, words).text).toContain('admin, ops')
  })

  it('is one calm message with a reference for what was not expected, and never the raw error', () => {
    const error = { code: 'INTERNAL_SERVER_ERROR', message: 'SQLITE_CORRUPT', data: { reference: 'ref-1' } }
    const said = errorWords(error, words)
    expect(said.text).toBe(words.t('ui.error.unexpected'))
    expect(said.text).not.toContain('SQLITE')
    expect(said.reference).toBe('ref-1')
    expect(errorWords(new Error('x'), words).reference).toBeNull()
    expect(errorWords(null, words).code).toBeNull()
  })
})
