import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, injectNonce } from './csp.ts'

const nonce = 'q83vEjRWeJCrze8SNFZ4kA=='

describe('the content security policy', () => {
  it('allows nothing by default, and scripts and styles by the nonce only', () => {
    const policy = contentSecurityPolicy({ nonce, connect: ['ws://127.0.0.1:4711'] })
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src 'self' 'nonce-${nonce}'`)
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`)
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:4711")
    expect(policy).not.toMatch(/unsafe|\*/)
  })

  it.each(['', 'short', `${nonce}'; script-src *`, `${nonce} x`])('refuses the nonce %j', bad => {
    expect(() => contentSecurityPolicy({ nonce: bad })).toThrow(RangeError)
    expect(() => injectNonce('<head>', bad)).toThrow(RangeError)
  })

  it.each(['ws://x; script-src *', 'javascript:alert(1)', 'ws://x/path', '*'])(
    'refuses the origin %j',
    bad => {
      expect(() => contentSecurityPolicy({ nonce, connect: [bad] })).toThrow(RangeError)
    },
  )
})

describe('the nonce in the page', () => {
  const meta = `<meta property="csp-nonce" nonce="${nonce}">`

  it('comes first in the head', () => {
    expect(injectNonce('<html><head lang="en"><title>a</title></head>', nonce)).toBe(
      `<html><head lang="en">${meta}<title>a</title></head>`,
    )
  })

  it('replaces what was there', () => {
    const page = `<head><meta charset="utf-8"><meta property="csp-nonce" nonce="old" />\n<title>a</title></head>`
    expect(injectNonce(page, nonce)).toBe(`<head>${meta}<meta charset="utf-8"><title>a</title></head>`)
  })

  it('needs a head', () => {
    expect(() => injectNonce('<p>a</p>', nonce)).toThrow(RangeError)
  })
})
