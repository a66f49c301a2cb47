import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callerOf } from '#backend/identity/principal.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { access } from '#shared/contract/access.ts'
import { identityServer, PASSPHRASE, type TestBrowser, type TestServer, WORKSPACES } from './identity-kit.ts'

const DAY = 86_400_000
const COOKIE = 'quarterdeck-session'

describe('attacks on sign-in', () => {
  let server: TestServer
  let admin: Caller
  beforeEach(async () => {
    server = await identityServer()
    admin = (await server.workspace(0, 'ada@example.com')).admin
  })
  afterEach(() => server.close())

  const authenticate = (headers: Record<string, string>) =>
    server.identity.authenticator.authenticate(headers).catch((error: { code: string }) => error.code)
  async function signedIn(): Promise<TestBrowser> {
    const browser = server.browser()
    expect((await browser.signIn('ada@example.com')).status).toBe(303)
    return browser
  }
  const isIn = async (browser: TestBrowser) => (await browser.send('/account')).status === 200

  it('a cookie that turns up in another browser ends the session for both', async () => {
    const victim = await signedIn()
    victim.agent = victim.agent.replace('156.0.0.0', '157.0.1.2')
    expect(await isIn(victim)).toBe(true)
    const thief = server.browser()
    thief.agent = 'curl/8.5.0'
    thief.cookies.set(COOKIE, victim.cookies.get(COOKIE)!)
    expect(await isIn(thief)).toBe(false)
    expect(await isIn(victim)).toBe(false)
    expect(server.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('another browser') }),
    )
    expect(JSON.stringify(server.logged)).not.toContain(victim.cookies.get(COOKIE))
  })

  it('forms of other sites do nothing, whatever they carry', async () => {
    const browser = await signedIn()
    const current = {
      current: PASSPHRASE,
      passphrase: 'another long passphrase',
      again: 'another long passphrase',
    }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: server.base },
    ]) {
      for (const [path, fields] of [
        ['/account/passphrase', current],
        ['/account/code/remove', { code: '1' }],
        ['/sign-out', {}],
        ['/device', { code: 'BBBB-BBBB', decision: 'confirm' }],
        ['/sign-in', { email: 'ada@example.com', passphrase: PASSPHRASE }],
      ] as const) {
        const response = await browser.post(path, fields, headers)
        expect([path, headers, response.status]).toEqual([path, headers, 403])
      }
    }
    const bare = await browser.send('/sign-out', { method: 'POST', body: new URLSearchParams({}) })
    expect(bare.status).toBe(403)
    expect(await isIn(browser)).toBe(true)
  })

  it('pages may not be framed, run scripts or be kept, and tell nobody where they are', async () => {
    const { link } = await (await server.core()).call(
      access.people.invite,
      { name: 'G', email: 'g@example.com', roles: ['ops'] },
      admin,
    )
    const browser = await signedIn()
    for (const path of [
      '/sign-in',
      '/account',
      '/device',
      '/sign-out',
      link.path,
      '/invitation/x',
      '/sign-in/code',
    ]) {
      const page = await browser.send(path)
      const policy = page.headers.get('content-security-policy')
      if (page.status === 303) continue
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'none'")])
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(page.headers.get('cache-control')).toBe('no-store')
      expect(page.headers.get('referrer-policy')).toBe('same-origin')
      expect(await page.text()).not.toMatch(/<script|javascript:|style="|onclick/i)
    }
  })

  it('what people type comes back as text', async () => {
    const nasty = `"><script>alert(1)</script><input value='x`
    const browser = server.browser()
    for (const response of [
      await browser.signIn(nasty, 'wrong wrong wrong', nasty),
      await browser.send(`/sign-in?next=${encodeURIComponent(`/${nasty}`)}`),
    ]) {
      const text = await response.text()
      expect(text).not.toContain('<script>')
      expect(text).not.toContain("value='x")
    }
    const signed = await signedIn()
    const page = await (await signed.send(`/device?code=${encodeURIComponent(nasty)}`)).text()
    expect(page).not.toContain('<script>')
  })

  it('texts that mean something to a database mean nothing', async () => {
    const browser = server.browser()
    for (const text of [
      "' OR 1=1 --",
      "'; DROP TABLE people; --",
      '%',
      '_@_._',
      '\u0000',
      '$1',
      '{"$int":"1"}',
    ]) {
      expect([text, (await browser.signIn(text, text)).status < 500]).toEqual([text, true])
      expect((await server.browser().send(`/invitation/${encodeURIComponent(text)}`)).status).toBeLessThan(
        500,
      )
      expect([text, await authenticate({ authorization: `Bearer ${text}` })]).toEqual([
        text,
        'ACCESS_SESSION_INVALID',
      ])
    }
    server.clock.advance(DAY)
    expect((await server.browser().signIn('ada@example.com')).status).toBe(303)
  })

  it('bodies that are too large, doubled or no forms are refused', async () => {
    const browser = server.browser()
    const large = await browser.post('/sign-in', { email: 'x'.repeat(100_000), passphrase: 'x' })
    expect(large.status).toBe(413)
    const json = await browser.send('/sign-in', {
      method: 'POST',
      body: '{"email":"ada@example.com"}',
      headers: { 'content-type': 'application/json', origin: server.base },
    })
    expect(json.status).toBeLessThan(500)
    const doubled = await browser.send('/sign-in', {
      method: 'POST',
      body: new URLSearchParams('email=a&email=b&passphrase=x&__proto__=1&constructor=1'),
      headers: { origin: server.base },
    })
    expect(doubled.status).toBe(401)
  })

  it('a secret is good for what it was made for, in its own workspace, and not in part', async () => {
    await server.workspace(1, 'eve@example.com')
    const core = await server.core()
    const { secret } = await core.call(
      access.tokens.create,
      { name: 'Meter', scopes: ['usage.ingest'], days: 1 },
      admin,
    )
    const good = await authenticate({ authorization: `Bearer ${secret}` })
    expect(good).toMatchObject({ kind: 'service', workspace: WORKSPACES[0], person: null, ambient: false })
    const forged = [
      secret.replace(WORKSPACES[0]!, WORKSPACES[1]!),
      secret.replace('token_', 'session_'),
      secret.replace('token_', 'device_'),
      secret.slice(0, -1),
      `${secret}A`,
      secret.replace(/.$/, last => (last === 'A' ? 'B' : 'A')),
      secret.toUpperCase(),
      '',
    ]
    for (const one of forged)
      expect([one, await authenticate({ authorization: `Bearer ${one}` })]).toEqual([
        one,
        'ACCESS_SESSION_INVALID',
      ])
    // A browser sends cookies by itself: only sessions of browsers are taken from there.
    expect(await authenticate({ cookie: `${COOKIE}=${secret}` })).toBe('ACCESS_SESSION_INVALID')
    expect(await authenticate({})).toBeNull()
    expect(await authenticate({ cookie: 'other=1' })).toBeNull()
    expect(await authenticate({ authorization: 'Basic QWxhZGRpbg==' })).toBe('ACCESS_SESSION_INVALID')
  })

  it('a token does what its scopes name and nothing else, until it ends or is revoked', async () => {
    const core = await server.core()
    const make = (days: number | null) =>
      core.call(
        access.tokens.create,
        { name: 'Reader', scopes: ['billing.read', 'finops.costs.explore'], days },
        admin,
      )
    const { secret, token } = await make(1)
    const principal = await server.identity.authenticator.authenticate({ authorization: `Bearer ${secret}` })
    expect(principal!.scopes).toContain('billing.invoice.list')
    expect(principal!.scopes).toContain('finops.costs.explore')
    expect(principal!.scopes).not.toContain('billing.invoice.approve')
    expect(principal!.scopes!.some(id => id.startsWith('workspace.') || id.startsWith('access.'))).toBe(false)
    const ask = (id: string, input: unknown) =>
      core.callById(id, input, callerOf(principal!)).then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
    expect(await ask('billing.plan.list', undefined)).toBe('done')
    for (const [id, input] of [
      ['workspace.people.list', {}],
      ['workspace.session', {}],
      ['billing.metric.create', { key: 'x', name: 'x' }],
      ['access.tokens.create', { name: 'More', scopes: ['billing.read'], days: null }],
    ] as const)
      expect([
        id,
        ['WORKSPACE_FORBIDDEN', 'WORKSPACE_BAD_INPUT', 'WORKSPACE_NOBODY'].includes(await ask(id, input)),
      ]).toEqual([id, true])
    for (const scope of [
      'everything',
      'workspace.people.add',
      'billing.invoice.approve',
      'access.tokens.create',
      'toString',
      'billing.invoice.pdfDone',
    ])
      await expect(
        core.call(access.tokens.create, { name: 'x', scopes: [scope], days: 1 }, admin),
      ).rejects.toMatchObject({ code: 'ACCESS_SCOPE_UNKNOWN' })
    await expect
      .poll(async () => (await core.call(access.tokens.list, {}, admin)).tokens[0]!.lastUsedAt)
      .toBe(server.clock.now())
    server.clock.advance(DAY)
    expect(await authenticate({ authorization: `Bearer ${secret}` })).toBe('ACCESS_SESSION_INVALID')
    const lasting = await make(null)
    expect(await authenticate({ authorization: `Bearer ${lasting.secret}` })).toMatchObject({
      session: lasting.token.id,
    })
    await core.call(access.tokens.revoke, { tokenId: lasting.token.id }, admin)
    expect(await authenticate({ authorization: `Bearer ${lasting.secret}` })).toBe('ACCESS_SESSION_INVALID')
    expect(lasting.token.id).not.toBe(token.id)
  })

  it('nobody ends the sessions of others, or sees them', async () => {
    const bob = await server.person(WORKSPACES[0]!, admin, 'Bob', ['analyst', 'approver', 'ops'])
    const core = await server.core()
    const asBob = { ...admin, person: bob }
    await signedIn()
    const [session] = (await core.call(access.sessions.list, { everybody: true }, admin)).sessions
    expect((await core.call(access.sessions.list, { everybody: true }, asBob)).sessions).toEqual([])
    await expect(core.call(access.sessions.revoke, { sessionId: session!.id }, asBob)).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
    expect((await core.call(access.people.list, {}, asBob)).people.map(one => one.person.name)).toEqual([
      'Bob',
    ])
    for (const leaf of [
      access.sessions.begin,
      access.people.storeLink,
      access.people.useLink,
      access.secondFactor.store,
      access.devices.enrol,
      access.tokens.store,
      access.people.linkProvider,
    ])
      await expect(core.callById((leaf['~orpc'].meta as { id: string }).id, {}, admin)).rejects.toMatchObject(
        { code: expect.stringMatching(/WORKSPACE_(FORBIDDEN|BAD_INPUT)/) },
      )
  })
})

describe('a server behind https', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await identityServer({ publicUrl: 'https://quarterdeck.example' })
    await server.workspace(0, 'ada@example.com')
  })
  afterEach(() => server.close())

  it('gives cookies that only it can have set, and takes no others', async () => {
    const browser = server.browser()
    const response = await browser.post(
      '/sign-in',
      { email: 'ada@example.com', passphrase: PASSPHRASE, next: '/' },
      { origin: 'https://quarterdeck.example' },
    )
    const cookie = response.headers.getSetCookie().find(one => one.includes('session_'))!
    expect(cookie).toMatch(/^__Host-quarterdeck-session=session_/)
    for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
      expect(cookie.split('; ')).toContain(attribute)
    expect(cookie).not.toContain('Domain')
    const secret = browser.cookies.get('__Host-quarterdeck-session')!
    expect(
      await server.identity.authenticator.authenticate({ cookie: `quarterdeck-session=${secret}` }),
    ).toBeNull()
    expect(await (await browser.send('/whoami')).json()).toMatchObject({ kind: 'person' })
  })

  it('takes forms from its public address only', async () => {
    const response = await server
      .browser()
      .post('/sign-in', { email: 'ada@example.com', passphrase: PASSPHRASE })
    expect(response.status).toBe(403)
  })
})
