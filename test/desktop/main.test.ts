import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CHANNELS, UNLOCK_CHANNELS, type UnlockRequest } from '#shared/preload-api.ts'
import { strict } from './electron-double.ts'
import { BUILT_MAIN, type MainRun, openDesktop, runMain } from './run-main.ts'

if (!existsSync(BUILT_MAIN)) throw new Error('These tests run the built main bundle: npm run build first')

let run: MainRun

afterEach(() => {
  run.close()
  vi.useRealTimers()
})

const states = () =>
  run.windows[0]!.webContents.double.sent.filter(({ channel }) => channel === CHANNELS.coreState).map(
    ({ value }) => value as { state: string; generation: number; retryInMs?: number },
  )

const ready = (generation = 1) => ({ type: 'ready', generation, workspace: { id: 'w', name: 'Aria' } })

describe('start', () => {
  it('takes the lock, enables the sandbox and registers the scheme before Electron is ready', async () => {
    run = await runMain()
    expect(run.record.calls).toEqual(['enableSandbox'])
    expect(run.record.privileged).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ])
    expect(run.windows).toHaveLength(0)
  })

  it('leaves to the instance that has the lock', async () => {
    run = await runMain([], { hasLock: false })
    run.becomeReady()
    await run.until(() => run.record.calls.includes('quit'))
    expect(run.windows).toHaveLength(0)
    expect(run.cores).toHaveLength(0)
  })

  it('gives each workspace a lock and a state of its own', async () => {
    run = await openDesktop(['--workspace', '/srv/other'])
    expect(run.app.getPath('userData')).toMatch(/user-data\/workspaces\/[0-9a-f]{16}$/)
    expect(run.cores[0]!.double.sent('open')[0]).toMatchObject({ workspaceDir: '/srv/other' })
  })

  it('opens a second window for a second start, and shows the route of its link', async () => {
    run = await openDesktop()
    await run.invoke(run.windows[0]!, CHANNELS.connect, [null])
    run.app.emit('second-instance', {}, ['quarterdeck', 'quarterdeck://open/finops/explorer?group=service'])
    expect(run.windows).toHaveLength(1)
    expect(run.windows[0]!.double.hasFocus).toBe(true)
    expect(run.windows[0]!.webContents.double.sent.at(-1)).toEqual({
      channel: CHANNELS.navigate,
      value: '/finops/explorer?group=service',
    })
  })

  it('lets a route wait until the page listens', async () => {
    run = await openDesktop()
    run.app.emit('second-instance', {}, ['quarterdeck', 'quarterdeck://open/finops/explorer'])
    const { sent } = run.windows[0]!.webContents.double
    expect(sent.filter(({ channel }) => channel === CHANNELS.navigate)).toEqual([])
    await run.invoke(run.windows[0]!, CHANNELS.connect, [null])
    expect(sent.filter(({ channel }) => channel === CHANNELS.navigate)).toEqual([
      { channel: CHANNELS.navigate, value: '/finops/explorer' },
    ])
  })

  it('navigates nowhere for a link that is not exactly of the form', async () => {
    run = await openDesktop(['quarterdeck://open/finops/../../etc', 'quarterdeck://run/finops'])
    expect(run.windows[0]!.webContents.getURL()).toBe('app://quarterdeck/')
    await run.invoke(run.windows[0]!, CHANNELS.connect, [null])
    run.app.emit('second-instance', {}, [
      'quarterdeck',
      'quarterdeck://open/finops/x#y',
      'file:///etc/passwd',
    ])
    const { sent } = run.windows[0]!.webContents.double
    expect(sent.filter(({ channel }) => channel === CHANNELS.navigate)).toEqual([])
  })

  it('opens at the route of its own link', async () => {
    run = await openDesktop(['quarterdeck://open/finops/explorer'])
    expect(run.windows[0]!.webContents.getURL()).toBe('app://quarterdeck/#/finops/explorer')
  })
})

describe('the page', () => {
  it('is sandboxed and isolated, without Node', async () => {
    run = await openDesktop()
    expect(run.windows[0]!.double.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    })
  })

  it('comes with a policy without inline scripts, and a new nonce each time', async () => {
    run = await openDesktop()
    const pages = await Promise.all([
      run.fetch('app://quarterdeck/'),
      run.fetch('app://quarterdeck/index.html'),
    ])
    const nonces = await Promise.all(
      pages.map(async page => {
        const policy = page.headers.get('content-security-policy')!
        const nonce = /'nonce-([^']+)'/.exec(policy)![1]!
        expect(policy).not.toContain('unsafe')
        expect(policy).toContain("default-src 'none'")
        expect(await page.text()).toContain(`<meta property="csp-nonce" nonce="${nonce}">`)
        return nonce
      }),
    )
    expect(nonces[0]).not.toBe(nonces[1])
  })

  it.each([
    'app://quarterdeck/..%2f..%2fpackage.json',
    'app://quarterdeck/%2e%2e/%2e%2e/package.json',
    'app://quarterdeck/assets/..%5c..%5cx.js',
    'app://quarterdeck//etc/passwd.js',
    'app://quarterdeck/C:/x.js',
    'app://quarterdeck/a%00.js',
    'app://quarterdeck/finops/explorer',
    'app://quarterdeck/assets/',
    'app://quarterdeck/%E0%A4%A.js',
    'app://elsewhere/',
    'app://unlock/other',
  ])('serves nothing for %s', async url => {
    run = await openDesktop()
    const answer = await run.fetch(url)
    expect([400, 404]).toContain(answer.status)
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'")
  })

  it('answers nothing but reading', async () => {
    run = await openDesktop()
    expect((await run.fetch('app://quarterdeck/', { method: 'POST', body: 'x' })).status).toBe(405)
  })

  it('is denied every permission but writing text to the clipboard', async () => {
    run = await openDesktop()
    const session = run.session.double
    const ask = (name: string, from = 'app://quarterdeck/') =>
      new Promise<boolean>(answer => session.permissionRequest!(null, name, answer, { requestingUrl: from }))
    for (const name of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'fileSystem',
      'openExternal',
    ]) {
      expect(await ask(name)).toBe(false)
      expect(session.permissionCheck!(null, name, 'app://quarterdeck')).toBe(false)
    }
    expect(await ask('clipboard-sanitized-write')).toBe(true)
    expect(await ask('clipboard-sanitized-write', 'https://example.com/')).toBe(false)
    expect(session.device!()).toBe(false)
  })

  it('cannot load anything from the network', async () => {
    run = await openDesktop()
    const isCancelled = (url: string) =>
      new Promise(answer => run.session.double.beforeRequest!({ url }, ({ cancel }) => answer(cancel)))
    for (const url of ['https://example.com/', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://x/']) {
      expect(await isCancelled(url)).toBe(true)
    }
    expect(await isCancelled('app://quarterdeck/assets/a.js')).toBe(false)
  })

  it('cannot navigate away or open a window', async () => {
    run = await openDesktop()
    const contents = run.windows[0]!.webContents
    const navigate = (name: string, url: string) => {
      let isPrevented = false
      contents.emit(name, { url, preventDefault: () => (isPrevented = true) })
      return isPrevented
    }
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(navigate(name, 'https://example.com/')).toBe(true)
      expect(navigate(name, 'file:///etc/passwd')).toBe(true)
      expect(navigate(name, 'app://unlock.example/')).toBe(true)
      expect(navigate(name, 'app://quarterdeck/finops')).toBe(false)
    }
    expect(contents.double.openHandler!({ url: 'app://quarterdeck/' })).toEqual({ action: 'deny' })
    let isPrevented = false
    contents.emit('will-attach-webview', { preventDefault: () => (isPrevented = true) })
    expect(isPrevented).toBe(true)
  })

  it('opens only https addresses elsewhere, and only when the person says so', async () => {
    run = await openDesktop()
    const open = (url: string) => run.invoke(run.windows[0]!, CHANNELS.openExternal, [url])
    run.record.nextBox = 1
    await open('https://example.com/a')
    expect(run.record.opened).toEqual([])
    run.record.nextBox = 0
    await open('https://example.com/a')
    for (const url of [
      'http://example.com',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://x',
      'https://a:b@c/',
    ]) {
      await open(url)
    }
    expect(run.record.opened).toEqual(['https://example.com/a'])
    expect(run.record.boxes).toHaveLength(2)
    expect(run.record.boxes[0]!.message).toContain('example.com')
  })
})

describe('every channel', () => {
  const ARGUMENTS: Record<string, unknown> = {
    [CHANNELS.connect]: null,
    [CHANNELS.openBill]: null,
    [CHANNELS.registerFile]: '/nowhere',
    [CHANNELS.saveExport]: 'a.csv',
    [CHANNELS.setTheme]: 'dark',
    [CHANNELS.setMenu]: [],
    [CHANNELS.openExternal]: 'ftp://x',
    [CHANNELS.newWindow]: '/finops',
    [CHANNELS.retryCore]: null,
  }

  it('refuses frames, origins and windows that are not ours', async () => {
    run = await openDesktop()
    const [window] = run.windows
    const checked = run.channels().filter(name => !Object.values<string>(UNLOCK_CHANNELS).includes(name))
    expect(checked.toSorted()).toEqual(Object.keys(ARGUMENTS).toSorted())
    for (const channel of checked) {
      const argument = ARGUMENTS[channel]
      const refused = (frame: { url: string } | null) => run.invoke(window!, channel, [argument], frame)
      await expect(refused({ url: 'app://quarterdeck/' }), channel).rejects.toThrow('Refused')
      await expect(refused(null), channel).rejects.toThrow('Refused')
      const { mainFrame } = window!.webContents
      for (const url of ['https://quarterdeck/', 'app://quarterdeck.evil/', 'app://unlock/', 'about:blank']) {
        mainFrame.url = url
        await expect(refused(mainFrame), `${channel} ${url}`).rejects.toThrow('Refused')
      }
      mainFrame.url = 'app://quarterdeck/'
    }
    const stranger = new run.electron.BrowserWindow({})
    stranger.webContents.mainFrame.url = 'app://quarterdeck/'
    await expect(run.invoke(stranger, CHANNELS.connect, [null])).rejects.toThrow('Refused')
  })

  it('refuses arguments of another form', async () => {
    run = await openDesktop()
    const [window] = run.windows
    const hostile: Record<string, unknown[][]> = {
      [CHANNELS.connect]: [[], [1], [null, null]],
      [CHANNELS.saveExport]: [['../a.csv'], ['a/b'], [''], [{}], ['a\u0000b']],
      [CHANNELS.setTheme]: [['blue'], [null]],
      [CHANNELS.setMenu]: [[[{ label: 'x', actions: [{ id: 'rm -rf', label: 'x' }] }]], ['x']],
      [CHANNELS.newWindow]: [['https://example.com'], ['//example.com'], ['/finops/../x'], ['/unknown']],
      [CHANNELS.registerFile]: [[''], [{}]],
      [CHANNELS.openExternal]: [[{}]],
    }
    for (const [channel, lists] of Object.entries(hostile)) {
      for (const args of lists) {
        await expect(
          run.invoke(window!, channel, args),
          `${channel} ${JSON.stringify(args)}`,
        ).rejects.toThrow('Refused')
      }
    }
    expect(run.windows).toHaveLength(1)
    expect(readFileSync(join(run.app.getPath('logs'), 'main.log'), 'utf8')).toContain(
      `Refused on ${CHANNELS.setTheme}`,
    )
  })
})

describe('windows', () => {
  it('come back where they were', async () => {
    run = await openDesktop()
    const [window] = run.windows
    window!.double.bounds = { x: 100, y: 80, width: 1200, height: 700 }
    window!.double.maximized = true
    window!.close()
    const file = join(run.app.getPath('userData'), 'window-state.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      bounds: { x: 100, y: 80, width: 1200, height: 700 },
      maximized: true,
      fullScreen: false,
    })
    run.app.emit('activate')
    await run.until(() => run.windows.length === 1)
    expect(run.windows[0]!.double.options).toMatchObject({ x: 100, y: 80, width: 1200, height: 700 })
    expect(run.windows[0]!.double.maximized).toBe(true)
  })

  it('open on a screen that exists, whatever the file says', async () => {
    run = await runMain()
    mkdirSync(run.app.getPath('userData'), { recursive: true })
    const file = join(run.app.getPath('userData'), 'window-state.json')
    const bounds = { x: 5000, y: 5000, width: 99_999, height: 10 }
    writeFileSync(file, JSON.stringify({ bounds, maximized: false, fullScreen: false }))
    run.becomeReady()
    await run.until(() => run.windows.length === 1)
    expect(run.windows[0]!.double.options).toMatchObject({ x: 0, y: 260, width: 1920, height: 560 })
  })

  it('show what the menu, the theme and a lost page need', async () => {
    run = await openDesktop()
    const [window] = run.windows
    await run.invoke(window!, CHANNELS.setTheme, ['dark'])
    expect(run.electron.nativeTheme.themeSource).toBe('dark')
    const actions = [{ id: 'finops.import.start', label: 'Import a bill…', shortcut: 'Mod+I' }]
    await run.invoke(window!, CHANNELS.setMenu, [[{ label: 'Costs', actions }]])
    const group = run.record.menu!.template.find(entry => entry.label === 'Costs')!
    const [entry] = group.submenu as { label: string; accelerator: string; click: () => void }[]
    expect(entry).toMatchObject({ label: 'Import a bill…', accelerator: 'CommandOrControl+I' })
    entry!.click()
    expect(window!.webContents.double.sent.at(-1)).toEqual({
      channel: CHANNELS.action,
      value: 'finops.import.start',
    })
    window!.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    await run.until(() => window!.webContents.double.reloads === 1)
    expect(run.record.boxes.at(-1)!.message).toBe('This window stopped working.')
  })

  it('can be several, each with a port of its own', async () => {
    run = await openDesktop()
    await run.invoke(run.windows[0]!, CHANNELS.newWindow, ['/finops/explorer'])
    expect(run.windows).toHaveLength(2)
    const [core] = run.cores
    core!.double.say(ready())
    for (const window of run.windows) await run.invoke(window, CHANNELS.connect, [null])
    expect(core!.double.sent('connect').map(({ window }) => window)).toEqual(run.windows.map(({ id }) => id))
    const ports = core!.double.inbox.flatMap(({ ports }) => ports)
    expect(new Set(ports).size).toBe(2)
  })
})

describe('the core process', () => {
  it('is started by path and told what to open', async () => {
    run = await openDesktop()
    const [core] = run.cores
    expect(core!.double.modulePath).toMatch(/out[\\/]main[\\/]core-process\.js$/)
    expect(core!.double.sent('open')).toEqual([
      {
        type: 'open',
        workspaceDir: join(run.directory, 'workspace'),
        appVersion: '0.0.0-test',
        generation: 1,
        keychain: { available: true, backend: 'gnome_libsecret' },
      },
    ])
  })

  it('speaks with the page over a real port', async () => {
    run = await openDesktop()
    run.cores[0]!.double.say(ready())
    await run.invoke(run.windows[0]!, CHANNELS.connect, [null])
    const connect = run.cores[0]!.double.inbox.find(
      ({ message }) => (message as { type: string }).type === 'connect',
    )!
    const posted = run.windows[0]!.webContents.double.posted.at(-1)!
    expect(posted).toMatchObject({ channel: CHANNELS.port, value: 1 })
    const heard = new Promise(resolve => connect.ports[0]!.on('message', ({ data }) => resolve(data)))
    connect.ports[0]!.start()
    posted.ports[0]!.postMessage({ amount: 12n })
    expect(await heard).toEqual({ amount: 12n })
    for (const port of [connect.ports[0]!, posted.ports[0]!]) port.close()
  })

  it('starts again with growing pauses, tells every window, and gives new ports', async () => {
    run = await openDesktop()
    const [window] = run.windows
    await run.invoke(window!, CHANNELS.connect, [null])
    run.cores[0]!.double.say(ready())
    expect(states().at(-1)).toEqual({ state: 'running', generation: 1 })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const pauses: number[] = []
    for (let crash = 1; crash <= 7; crash++) {
      run.cores.at(-1)!.emit('exit', 139)
      const state = states().at(-1)!
      expect(state).toMatchObject({ state: 'restarting', generation: crash })
      pauses.push(state.retryInMs!)
      expect(run.cores).toHaveLength(crash)
      vi.advanceTimersByTime(state.retryInMs!)
      expect(run.cores).toHaveLength(crash + 1)
    }
    expect(pauses).toEqual([250, 1000, 2000, 5000, 10_000, 30_000, 30_000])
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const newest = run.cores.at(-1)!.double
    expect(newest.sent('open')[0]).toMatchObject({ generation: 8 })
    expect(newest.sent('connect')).toEqual([])
    newest.say(ready(8))
    expect(newest.sent('connect')).toEqual([{ type: 'connect', window: window!.id }])
    expect(window!.webContents.double.posted.map(({ value }) => value)).toEqual([1, 8])
    vi.advanceTimersByTime(61_000)
    run.cores.at(-1)!.emit('exit', 1)
    expect(states().at(-1)).toMatchObject({ state: 'restarting', retryInMs: 250 })
  })

  it('is not started again when it says that it cannot be opened, until a person asks', async () => {
    run = await openDesktop()
    const [window] = run.windows
    run.cores[0]!.double.say({
      type: 'fatal',
      code: 'WORKSPACE_NEWER',
      message: 'Made by a newer version',
      reference: 'r1',
    })
    run.cores[0]!.emit('exit', 1)
    expect(states().at(-1)).toEqual({
      state: 'stopped',
      generation: 1,
      code: 'WORKSPACE_NEWER',
      message: 'Made by a newer version',
      reference: 'r1',
    })
    expect(run.cores).toHaveLength(1)
    await run.invoke(window!, CHANNELS.retryCore, [null])
    expect(run.cores).toHaveLength(2)
  })

  it('survives messages that are not of the protocol', async () => {
    run = await openDesktop()
    await run.invoke(run.windows[0]!, CHANNELS.connect, [null])
    for (const message of [
      null,
      'x',
      { type: 'ready' },
      { type: 'run', command: 'x' },
      { type: 'counts', counts: {} },
    ]) {
      run.cores[0]!.double.say(message)
    }
    expect(states().at(-1)?.state).toBe('starting')
  })

  it('closes its database before the application ends', async () => {
    run = await openDesktop()
    run.electron.app.quit()
    expect(run.cores[0]!.double.sent('quit')).toHaveLength(1)
    expect(run.record.exitCode).toBeNull()
    run.cores[0]!.emit('exit', 0)
    await run.until(() => run.record.exitCode === 0)
  })

  it('is ended when it does not close', async () => {
    run = await openDesktop()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    run.electron.app.quit()
    vi.advanceTimersByTime(10_000)
    expect(run.cores[0]!.double.isKilled).toBe(true)
    vi.useRealTimers()
    await run.until(() => run.record.exitCode === 0)
  })

  it('hears that the machine slept and woke', async () => {
    run = await openDesktop()
    run.electron.powerMonitor.emit('suspend')
    run.electron.powerMonitor.emit('resume')
    expect(run.cores[0]!.double.sent('power').map(({ state }) => state)).toEqual(['suspend', 'resume'])
  })
})

describe('files', () => {
  it('are handed to the core by path and to the page by handle', async () => {
    run = await openDesktop()
    const [window] = run.windows
    const bill = join(run.directory, 'bill.csv')
    writeFileSync(bill, 'a,b\n')
    run.record.nextOpen = [bill, join(run.directory, 'gone.csv')]
    const core = run.cores[0]!
    core.on('posted', () => {
      const granted = core.double.sent('grant-file').at(-1)
      if (granted !== undefined) core.double.say({ type: 'file-granted', handle: granted.handle })
    })
    const files = (await run.invoke(window!, CHANNELS.openBill, [null])) as { handle: string }[]
    const [grant] = core.double.sent('grant-file')
    expect(grant).toMatchObject({ mode: 'read', path: bill, window: window!.id })
    expect(files).toEqual([{ handle: grant!.handle, name: 'bill.csv', size: 4 }])
    expect(JSON.stringify(files)).not.toContain(run.directory)

    run.record.nextSave = join(run.directory, 'out.xlsx')
    const saved = await run.invoke(window!, CHANNELS.saveExport, ['costs.xlsx'])
    const target = core.double.sent('grant-file').at(-1)!
    expect(target).toMatchObject({ mode: 'write', path: join(run.directory, 'out.xlsx') })
    expect(saved).toEqual({ handle: target.handle, name: 'out.xlsx' })

    expect(await run.invoke(window!, CHANNELS.registerFile, [run.directory])).toBeNull()
    expect(await run.invoke(window!, CHANNELS.registerFile, ['relative.csv'])).toBeNull()
  })

  it('are refused when the core dies before it noted them, and nothing happens on cancel', async () => {
    run = await openDesktop()
    const [window] = run.windows
    const bill = join(run.directory, 'bill.csv')
    writeFileSync(bill, 'a,b\n')
    const waiting = run.invoke(window!, CHANNELS.registerFile, [bill])
    await run.until(() => run.cores[0]!.double.sent('grant-file').length === 1)
    run.cores[0]!.emit('exit', 1)
    expect(await waiting).toBeNull()
    expect(await run.invoke(window!, CHANNELS.openBill, [null])).toEqual([])
    expect(await run.invoke(window!, CHANNELS.saveExport, ['a.csv'])).toBeNull()
  })
})

describe('keys', () => {
  const creating = { type: 'needs-key', creating: true, slots: [] }

  it('come from the keychain without a question', async () => {
    run = await openDesktop()
    const core = run.cores[0]!.double
    core.say(creating)
    await run.until(() => core.sent('create-key').length === 1)
    expect(core.sent('create-key')).toEqual([{ type: 'create-key', secret: { kind: 'keychain' } }])
    const key = Uint8Array.from({ length: 32 }, (_, i) => i)
    core.say({ type: 'wrap-key', request: 7, key })
    await run.until(() => core.sent('key-wrapped').length === 1)
    const { wrapped } = core.sent('key-wrapped')[0]! as { wrapped: Uint8Array }
    expect(Buffer.from(wrapped).toString()).not.toContain(Buffer.from(key).toString('latin1'))
    core.say({ type: 'unwrap-key', request: 8, wrapped })
    await run.until(() => core.sent('key-unwrapped').length === 1)
    expect(core.sent('key-unwrapped')).toEqual([{ type: 'key-unwrapped', request: 8, key }])
    core.say({ type: 'unwrap-key', request: 9, wrapped: new Uint8Array([1]) })
    await run.until(() => core.sent('keychain-failed').length === 1)
    expect(core.sent('keychain-failed')[0]).toMatchObject({ request: 9 })
    expect(run.windows).toHaveLength(1)
  })

  it('are not kept by a keychain that protects nothing: the person chooses', async () => {
    run = await openDesktop([], { backend: 'basic_text' })
    const core = run.cores[0]!.double
    expect(core.sent('open')[0]).toMatchObject({ keychain: { available: false, reason: 'plain-text' } })
    core.say(creating)
    await run.until(() => run.windows.length === 2)
    expect(core.sent('create-key')).toEqual([])
    expect(states().at(-1)?.state).toBe('locked')
    const unlock = run.windows[1]!
    expect(unlock.double.options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true })
    await run.until(() => unlock.double.response !== null)
    const policy = unlock.double.response!.headers.get('content-security-policy')
    expect(policy).toContain("script-src 'none'")
    const shown = (await run.invoke(unlock, UNLOCK_CHANNELS.describe, [null])) as UnlockRequest
    expect(shown).toMatchObject({ creating: true, methods: ['passphrase', 'key-file'] })
    expect(shown.keychainNote).toContain('would protect nothing')
    core.say({ type: 'wrap-key', request: 1, key: new Uint8Array(32) })
    await run.until(() => core.sent('keychain-failed').length === 1)

    const short = await run.invoke(unlock, UNLOCK_CHANNELS.submit, [
      { kind: 'passphrase', passphrase: 'short' },
    ])
    expect(short).toEqual(shown)
    expect(core.sent('create-key')).toEqual([])
    void run.invoke(unlock, UNLOCK_CHANNELS.submit, [
      { kind: 'passphrase', passphrase: 'correct horse battery' },
    ])
    await run.until(() => core.sent('create-key').length === 1)
    core.say(ready())
    await run.until(() => run.windows.length === 1)
    expect(run.record.calls).not.toContain('quit')
  })

  it('are asked for again, in words, after a wrong passphrase', async () => {
    run = await openDesktop([], { isKeychainAvailable: false })
    const core = run.cores[0]!.double
    const slots = [{ kind: 'passphrase' }, { kind: 'recovery' }]
    core.say({ type: 'needs-key', creating: false, slots })
    await run.until(() => run.windows.length === 2)
    const answer = run.invoke(run.windows[1]!, UNLOCK_CHANNELS.submit, [
      { kind: 'passphrase', passphrase: 'wrong' },
    ])
    await run.until(() => core.sent('unlock').length === 1)
    core.say({ type: 'needs-key', creating: false, slots, problem: 'wrong-secret' })
    expect(await answer).toEqual({
      creating: false,
      methods: ['passphrase', 'recovery'],
      problem: 'That did not open the workspace. Check it and try again.',
    })
    run.windows[1]!.close()
    await run.until(() => run.record.calls.includes('quit'))
  })

  it('come from a key file that is where its slot says, and otherwise are asked for', async () => {
    run = await openDesktop([], { backend: 'basic_text' })
    const core = run.cores[0]!.double
    const path = join(run.directory, 'a.key')
    writeFileSync(path, 'key')
    const slots = [{ kind: 'key-file', hint: path }]
    core.say({ type: 'needs-key', creating: false, slots })
    await run.until(() => core.sent('unlock').length === 1)
    expect(core.sent('unlock')).toEqual([{ type: 'unlock', secret: { kind: 'key-file', path } }])
    expect(run.windows).toHaveLength(1)
    core.say({ type: 'needs-key', creating: false, slots, problem: 'key-file-unreadable' })
    await run.until(() => run.windows.length === 2)
    const other = join(run.directory, 'b.key')
    run.record.nextOpen = [other]
    void run.invoke(run.windows[1]!, UNLOCK_CHANNELS.submit, [{ kind: 'key-file' }])
    await run.until(() => core.sent('unlock').length === 2)
    expect(core.sent('unlock')[1]).toEqual({ type: 'unlock', secret: { kind: 'key-file', path: other } })
  })

  it('are not asked for by the page of the application', async () => {
    run = await openDesktop([], { backend: 'basic_text' })
    run.cores[0]!.double.say(creating)
    await run.until(() => run.windows.length === 2)
    await expect(run.invoke(run.windows[0]!, UNLOCK_CHANNELS.describe, [null])).rejects.toThrow('Refused')
    await expect(run.invoke(run.windows[1]!, CHANNELS.connect, [null])).rejects.toThrow('Refused')
  })
})

describe('tray and notifications', () => {
  it('show what waits, and lead to it', async () => {
    run = await openDesktop()
    const core = run.cores[0]!.double
    await run.invoke(run.windows[0]!, CHANNELS.connect, [null])
    core.say(ready())
    core.say({ type: 'counts', counts: { pendingSync: 0, needsReview: 2, alerts: 1, incidents: 0, jobs: 3 } })
    expect(run.record.badge).toBe(3)
    const [tray] = run.trays
    expect(tray!.double.toolTip).toBe('Quarterdeck: Aria, 1 alert, 2 items need review, 3 jobs running')
    expect(tray!.double.menu!.template.map(({ label, type }) => label ?? type)).toEqual([
      '1 alert',
      '2 items need review',
      '3 jobs running',
      'separator',
      'Show Quarterdeck',
      'Quit',
    ])
    const note = { id: 'n1', title: 'Import done', body: '1,000 rows', urgency: 'normal' }
    core.say({ type: 'notification', ...note, link: 'quarterdeck://open/finops/imports' })
    expect(run.notifications[0]!.double).toMatchObject({ isShown: true, options: { title: 'Import done' } })
    run.notifications[0]!.emit('click')
    expect(run.windows[0]!.webContents.double.sent.at(-1)).toEqual({
      channel: CHANNELS.navigate,
      value: '/finops/imports',
    })
    core.say({ type: 'notification', ...note })
    core.say({ type: 'notification', ...note })
    expect(run.notifications[1]!.double.isClosed).toBe(true)
  })
})

describe('the double', () => {
  it('fails on what it does not know', () => {
    const known = strict('app', { quit: () => 1 }) as { quit: () => number; relaunch?: () => void }
    expect(known.quit()).toBe(1)
    expect(() => known.relaunch).toThrow('does not know app.relaunch')
    expect(() => {
      known.relaunch = () => {}
    }).toThrow('does not know app.relaunch')
    run = { close() {} } as MainRun
  })
})
