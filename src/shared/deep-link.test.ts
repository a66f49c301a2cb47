import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deepLinkOf, parseDeepLink, toDeepLink } from './deep-link.ts'

describe('a deep link', () => {
  it.each([
    ['quarterdeck://open/finops/explorer', '/finops/explorer'],
    ['quarterdeck://open/finops/explorer/', '/finops/explorer'],
    ['QUARTERDECK://open/finops', '/finops'],
    [
      'quarterdeck://open/finops/explorer?group=service&grain=month',
      '/finops/explorer?group=service&grain=month',
    ],
    ['quarterdeck://open/billing/invoices/0190-ab.c_d', '/billing/invoices/0190-ab.c_d'],
    ['quarterdeck://open/finops/explorer?filter=a%20b+c%26d', '/finops/explorer?filter=a+b+c%26d'],
    ['quarterdeck://open/finops?x=%D0%B6&empty=&flag', '/finops?x=%D0%B6&empty=&flag='],
  ])('%s shows %s', (link, route) => {
    expect(parseDeepLink(link)).toBe(route)
  })

  it.each([
    '',
    'quarterdeck:',
    'quarterdeck://',
    'quarterdeck://open',
    'quarterdeck://open/',
    'quarterdeck:/open/finops',
    'quarterdeck:open/finops',
    'quarterdeck://run/finops',
    'quarterdeck://openx/finops',
    'quarterdeck://open@evil/finops',
    'quarterdeck://user:pass@open/finops',
    'quarterdeck://open:80/finops',
    'quarterdeck://open//finops',
    'quarterdeck://open/unknown',
    'quarterdeck://open/finops/..',
    'quarterdeck://open/finops/../billing',
    'quarterdeck://open/finops/.',
    'quarterdeck://open/finops/.hidden',
    'quarterdeck://open/finops/a..b',
    'quarterdeck://open/finops/%2e%2e',
    'quarterdeck://open/finops/a%2Fb',
    'quarterdeck://open/finops\\explorer',
    'quarterdeck://open/finops explorer',
    'quarterdeck://open/finops#fragment',
    'quarterdeck://open/finops?a=%',
    'quarterdeck://open/finops?a=%00',
    'quarterdeck://open/finops?a=%0d%0aSet-Cookie:x',
    'quarterdeck://open/finops?a=%E2%80%AE',
    'quarterdeck://open/finops?__proto__=1',
    'quarterdeck://open/finops?=1',
    'quarterdeck://open/finops?a=1&&b=2',
    'quarterdeck://open/finops?a-b=1',
    'quarterdeck://open/finops?a=1#x',
    'quarterdeck://open/finopsé',
    'quarterdeck://open/finops\u0000',
    ' quarterdeck://open/finops',
    'quarterdeck://open/finops\n',
    'https://open/finops',
    'javascript:alert(1)//quarterdeck://open/finops',
    `quarterdeck://open/finops/${'a'.repeat(101)}`,
    `quarterdeck://open/finops?a=${'b'.repeat(2000)}`,
    `quarterdeck://open/finops${'/a'.repeat(8)}`,
    `quarterdeck://open/finops?${Array.from({ length: 25 }, (_, i) => `a${i}=1`).join('&')}`,
  ])('%j shows nothing', link => {
    expect(parseDeepLink(link)).toBeNull()
  })

  it('never leads out of the features, whatever it holds', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '..',
        '%2e',
        '\\',
        '?',
        '#',
        '&',
        '=',
        '@',
        ':',
        '//',
        'finops',
        'billing',
        '%00',
        '+',
      ),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const route = parseDeepLink(`quarterdeck://open/${pieces.join('')}`)
        if (route === null) return
        expect(route).toMatch(/^\/(billing|finops|support|health|workspace)(\/[A-Za-z0-9._-]+)*(\?[!-~]*)?$/)
        expect(new URL(route, 'app://quarterdeck').pathname).toBe(route.split('?')[0])
        // What a link shows can be linked to again.
        expect(parseDeepLink(toDeepLink(route)!)).toBe(route)
      }),
      { numRuns: 2000 },
    )
  })

  it('is made from a route, where a link may name it', () => {
    expect(toDeepLink('/finops/explorer?group=service')).toBe(
      'quarterdeck://open/finops/explorer?group=service',
    )
    for (const route of ['', 'finops', '/', '//finops', '/unknown', 'https://example.com/finops']) {
      expect(toDeepLink(route)).toBeNull()
    }
  })

  it('is found among the arguments of a process', () => {
    expect(deepLinkOf(['/usr/bin/quarterdeck', '--flag', 'quarterdeck://open/finops'])).toBe('/finops')
    expect(deepLinkOf(['/usr/bin/quarterdeck', 'quarterdeck://run/finops'])).toBeNull()
  })
})
