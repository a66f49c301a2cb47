import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { externalAddress } from '#main/desktop/external-link.ts'
import { keychainOf } from '#main/desktop/keychain.ts'
import { parseLaunch } from '#main/desktop/launch.ts'
import { acceleratorOf, menuTemplate } from '#main/desktop/menu.ts'
import { trayTemplate, trayTooltip } from '#main/desktop/tray.ts'
import { MIN_SIZE, placeWindow } from '#main/desktop/window-state.ts'

describe('a launch', () => {
  it.each([
    [['/app', 'import', 'bill.csv'], { kind: 'cli', args: ['import', 'bill.csv'] }],
    [['/app', '--version'], { kind: 'cli', args: ['--version'] }],
    [['/app'], { kind: 'window', workspaceDir: undefined, route: null }],
    [['/app', '--workspace', '/w'], { kind: 'window', workspaceDir: '/w', route: null }],
    [['/app', '--workspace=/w'], { kind: 'window', workspaceDir: '/w', route: null }],
    [['/app', 'quarterdeck://open/finops'], { kind: 'window', workspaceDir: undefined, route: '/finops' }],
    [['/app', '-psn_0_1', '--no-sandbox'], { kind: 'window', workspaceDir: undefined, route: null }],
    [['/app', '/home/a/file'], { kind: 'window', workspaceDir: undefined, route: null }],
  ])('of %j', (argv, launch) => {
    expect(parseLaunch(argv, false)).toEqual(launch)
  })

  it('of a checkout has the application as its first argument', () => {
    expect(parseLaunch(['electron', '/checkout', 'verify'], true)).toEqual({ kind: 'cli', args: ['verify'] })
  })
})

describe('a window', () => {
  const screen = { x: 0, y: 25, width: 1920, height: 1055 }
  const state = (x: number, y: number, width: number, height: number) => ({
    bounds: { x, y, width, height },
    maximized: false,
    fullScreen: false,
  })

  it('opens in the middle the first time, and as it was afterwards', () => {
    expect(placeWindow(undefined, [screen]).bounds).toEqual({ x: 240, y: 103, width: 1440, height: 900 })
    expect(placeWindow(state(10, 30, 1000, 700), [screen])).toEqual(state(10, 30, 1000, 700))
  })

  it('keeps its place on a second screen, and comes home when that is gone', () => {
    const right = { x: 1920, y: 0, width: 2560, height: 1440 }
    const there = state(2500, 100, 1200, 800)
    expect(placeWindow(there, [screen, right])).toEqual(there)
    expect(placeWindow(there, [screen]).bounds).toEqual({ x: 360, y: 153, width: 1200, height: 800 })
  })

  it('always has a top edge that can be reached', () => {
    const int = fc.integer({ min: -20_000, max: 20_000 })
    const size = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(int, int, size, size, (x, y, width, height) => {
        const { bounds } = placeWindow(state(x, y, width, height), [screen])
        expect(bounds.y).toBeGreaterThanOrEqual(screen.y)
        expect(bounds.y).toBeLessThanOrEqual(screen.y + screen.height - 40)
        expect(
          Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x),
        ).toBeGreaterThanOrEqual(120)
        expect(bounds.width).toBeGreaterThanOrEqual(MIN_SIZE.width)
        expect(bounds.height).toBeGreaterThanOrEqual(MIN_SIZE.height)
      }),
    )
  })
})

describe('the menu', () => {
  it.each([
    ['mod+k', 'CommandOrControl+K'],
    ['mod+shift+ArrowUp', 'CommandOrControl+Shift+Up'],
    ['shift+mod+enter', 'CommandOrControl+Shift+Return'],
    ['mod+/', 'CommandOrControl+/'],
    ['mod+plus', 'CommandOrControl+Plus'],
    ['mod+f5', 'CommandOrControl+F5'],
    ['a', null],
    ['shift+a', null],
    ['g c', null],
    ['mod+', null],
    ['mod+unknown', null],
    [undefined, null],
  ])('shows the shortcut %s as %s', (shortcut, accelerator) => {
    expect(acceleratorOf(shortcut)).toBe(accelerator)
  })

  it('has the page’s groups between the platform’s own, and registers none of their keys', () => {
    const commands = { runAction: () => {}, newWindow: () => {}, about: () => {} }
    const groups = [
      { label: 'Costs', actions: [{ id: 'a.b', label: 'A', shortcut: 'mod+i', enabled: false }] },
    ]
    for (const platform of ['linux', 'darwin']) {
      const template = menuTemplate(platform, groups, commands)
      expect(template.some(({ role }) => role === 'appMenu')).toBe(platform === 'darwin')
      const costs = template.find(({ label }) => label === 'Costs')!
      expect(costs.submenu).toMatchObject([{ id: 'a.b', enabled: false, registerAccelerator: false }])
    }
  })
})

describe('the tray', () => {
  it('says that nothing waits, and that it is starting', () => {
    const none = { pendingSync: 0, needsReview: 0, alerts: 0, incidents: 0, jobs: 0 }
    const commands = { show: () => {}, quit: () => {} }
    expect(trayTemplate(none, commands)[0]).toMatchObject({ label: 'Nothing waits', enabled: false })
    expect(trayTemplate(null, commands)[0]).toMatchObject({ label: 'Starting…' })
    expect(trayTooltip(null, null)).toBe('Quarterdeck')
    expect(trayTooltip('Aria', { ...none, pendingSync: 1 })).toBe('Quarterdeck: Aria, 1 change not sent yet')
  })
})

describe('the keychain', () => {
  const storage = (
    backend: 'basic_text' | 'unknown' | 'kwallet6',
    isAvailable = true,
    shouldReEncrypt = false,
  ) => ({
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: async () => isAvailable,
    encryptStringAsync: async (text: string) => Buffer.from(`1${text}`),
    decryptStringAsync: async (sealed: Buffer) => ({ result: sealed.toString().slice(1), shouldReEncrypt }),
  })

  it.each([
    ['linux', storage('basic_text'), { available: false, reason: 'plain-text' }],
    ['linux', storage('unknown'), { available: false, reason: 'missing' }],
    ['linux', storage('kwallet6', false), { available: false, reason: 'locked' }],
    ['linux', storage('kwallet6'), { available: true, backend: 'kwallet6' }],
    ['darwin', storage('unknown'), { available: true, backend: 'darwin' }],
  ])('on %s', async (platform, safeStorage, expected) => {
    expect(await keychainOf(safeStorage, platform).state()).toEqual(expected)
  })

  it('gives back what it took, and a new wrapping when the system changed its key', async () => {
    const key = Uint8Array.from({ length: 64 }, (_, i) => i * 3).subarray(16, 48)
    const keychain = keychainOf(storage('kwallet6'), 'linux')
    expect(await keychain.unwrap(await keychain.wrap(key))).toEqual({ key: new Uint8Array(key) })
    const changed = keychainOf(storage('kwallet6', true, true), 'linux')
    const { rewrapped } = await changed.unwrap(await changed.wrap(key))
    expect(await keychain.unwrap(rewrapped!)).toEqual({ key: new Uint8Array(key) })
  })

  it('wraps and unwraps nothing where it protects nothing', async () => {
    const keychain = keychainOf(storage('basic_text'), 'linux')
    await expect(keychain.wrap(new Uint8Array(32))).rejects.toThrow('plain-text')
    await expect(keychain.unwrap(new Uint8Array(32))).rejects.toThrow('plain-text')
  })
})

describe('an address elsewhere', () => {
  it.each(['https://example.com/a?b#c', 'https://xn--e1afmkfd.example/'])('may be %s', url => {
    expect(externalAddress(url)?.protocol).toBe('https:')
  })
  it.each([
    'http://example.com',
    'file:///x',
    'mailto:a@b',
    'https://a@b/',
    'x',
    '',
    `https://a/${'b'.repeat(2000)}`,
  ])('may not be %j', url => {
    expect(externalAddress(url)).toBeNull()
  })
})
