import { describe, expect, it } from 'vitest'
import { inAppAddress } from '#shared/deep-link.ts'
import { features } from './features.ts'
import { isAt, screenAt, screensOf, startPath } from './navigation.ts'
import { parseSearch, stringifySearch, toParams, toRecord } from './search-params.ts'
import { menuShortcut } from './shell/desktop-bridge.ts'

describe('the screens of all features', () => {
  const screens = screensOf(features)

  it('have addresses and keys of their own', () => {
    expect(new Set(screens.map(screen => screen.path)).size).toBe(screens.length)
    const keys = screens.flatMap(screen => (screen.key ? [screen.key] : []))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('have addresses that a link may name, under the name of their feature', () => {
    for (const feature of features) {
      for (const screen of feature.screens) {
        expect(screen.path.split('/')[1]).toBe(feature.id)
        expect(inAppAddress(screen.path.replaceAll('$', ''))).not.toBeNull()
      }
    }
  })

  it('begin at one that the rail shows', () => {
    expect(screens.filter(screen => screen.isStart).map(screen => screen.inRail)).toEqual([true])
    expect(startPath(features)).toBe('/finops/explorer')
  })

  it('begin where the person was last, if that is still a screen of the rail', () => {
    expect(startPath(features, '/billing/invoices')).toBe('/billing/invoices')
    expect(startPath(features, '/billing/gone')).toBe('/finops/explorer')
    expect(startPath(features, null)).toBe('/finops/explorer')
  })
})

describe('isAt', () => {
  it('compares whole parts, and takes anything for a parameter', () => {
    expect(isAt('/finops/bills/7', { path: '/finops/bills/$id' })).toBe(true)
    expect(isAt('/finops/bills', { path: '/finops/bills/$id' })).toBe(false)
    expect(isAt('/workspace/jobs/', { path: '/workspace/jobs' })).toBe(true)
    expect(screenAt('/nowhere', features)).toBeUndefined()
  })
})

describe('what comes after ?', () => {
  it('is text, in the order and number in which it was given', () => {
    const text = '?by=service&where=region-is-eu&where=service-is-EC2&n=007'
    expect(parseSearch(text)).toEqual({ by: 'service', where: ['region-is-eu', 'service-is-EC2'], n: '007' })
    expect(stringifySearch(parseSearch(text))).toBe(text)
    expect(toRecord(toParams({ a: undefined, b: [1, 2] }))).toEqual({ b: ['1', '2'] })
    expect(stringifySearch({})).toBe('')
  })
})

describe('menuShortcut', () => {
  it('is written as menus write it, and left out for sequences', () => {
    expect(menuShortcut('mod+shift+l')).toEqual({ shortcut: 'Mod+Shift+L' })
    expect(menuShortcut('g c')).toEqual({})
    expect(menuShortcut(undefined)).toEqual({})
  })
})
