import { Secret, TOTP } from 'otpauth'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import { identityServer, PASSPHRASE, type TestBrowser, type TestServer } from './identity-kit.ts'
import { type Lie, lyingProvider, realProvider } from './identity-provider-kit.ts'

/** Real providers say the real time, so the server has it too. */
const NOW = Date.now()

async function whoami(browser: TestBrowser) {
  const response = await browser.send('/whoami')
  return response.ok ? await response.json() : null
}

describe('sign-in with a real OpenID provider', () => {
  let server: TestServer
  let provider: Awaited<ReturnType<typeof realProvider>>
  beforeEach(async () => {
    // It says at length that it is not set up for production.
    for (const method of ['warn', 'info'] as const) vi.spyOn(console, method).mockImplementation(() => {})
    // The provider knows where it sends people back to, and the server who its provider is: one of them is first.
    const place = await import('node:net').then(
      net =>
        new Promise<number>(resolve => {
          const probe = net.createServer().listen(0, '127.0.0.1', () => {
            const { port } = probe.address() as { port: number }
            probe.close(() => resolve(port))
          })
        }),
    )
    const base = `http://127.0.0.1:${place}`
    provider = await realProvider([base])
    server = await identityServer({ provider: provider.settings, start: NOW, port: place })
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await server.close()
    await provider.close()
  })

  async function through(browser: TestBrowser, start = '/sign-in/provider?next=/x'): Promise<Response> {
    const begun = await browser.send(start)
    expect(begun.status).toBe(303)
    const address = begun.headers.get('location')!
    expect(address).toContain(provider.issuer)
    const { searchParams } = new URL(address)
    expect(searchParams.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(searchParams.get(name)?.length).toBeGreaterThan(20)
    return browser.send(await provider.agree(address))
  }

  it('lets somebody in whose verified address belongs to a person, and knows them again by their subject', async () => {
    const { workspace, admin } = await server.workspace(0, 'ada@example.com')
    const browser = server.browser()
    expect(await (await browser.send('/sign-in')).text()).toContain('Sign in with 127.0.0.1')
    const back = await through(browser)
    expect([back.status, back.headers.get('location')]).toEqual([303, '/x'])
    expect(await whoami(browser)).toMatchObject({ workspace, person: admin.person, assurance: 'provider' })
    const core = await server.core()
    const { people } = await core.call(access.people.list, {}, admin)
    expect(people[0]!.provider).toEqual({ issuer: provider.issuer, email: 'ada@example.com' })
    // At the provider they have another address now: they are the same person here.
    provider.state.user = { sub: 'u1', email: 'ada.l@example.com', email_verified: false }
    const again = server.browser()
    await through(again)
    expect(await whoami(again)).toMatchObject({ person: admin.person })
  })

  it('asks whoever has set up one-time codes for one, unless the workspace trusts the provider', async () => {
    const { admin } = await server.workspace(0, 'ada@example.com')
    const own = server.browser()
    await own.signIn('ada@example.com')
    const page = await (await own.send('/account/code')).text()
    const text = /<span class="secret">([A-Z2-7 ]+)<\/span>/.exec(page)![1]!.replaceAll(' ', '')
    const codeOf = () =>
      new TOTP({ secret: Secret.fromBase32(text), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
        timestamp: Number(server.clock.now()),
      })
    await own.post('/account/code', { code: codeOf(), present: PASSPHRASE })
    server.clock.advance(60_000)
    const browser = server.browser()
    expect((await through(browser)).headers.get('location')).toBe('/sign-in/code')
    expect(await whoami(browser)).toEqual({})
    expect((await browser.post('/sign-in/code', { code: '000000' })).status).toBe(401)
    const right = await browser.post('/sign-in/code', { code: codeOf() })
    expect([right.status, right.headers.get('location')]).toEqual([303, '/x'])
    expect(await whoami(browser)).toMatchObject({ person: admin.person, assurance: 'provider' })

    const core = await server.core()
    const trusts = { name: 'workspace.providerSuffices', value: true }
    await core.call(contract.workspace.settings.set, trusts, admin)
    const trusted = server.browser()
    expect((await through(trusted)).headers.get('location')).toBe('/x')
    expect(await whoami(trusted)).toMatchObject({ person: admin.person })
  })

  it('refuses an address that nobody has, one that is not verified, and one that was given to somebody else', async () => {
    await server.workspace(0, 'ada@example.com')
    const words = async () => {
      const browser = server.browser()
      const response = await through(browser)
      expect(response.status).toBe(403)
      expect(await whoami(browser)).toEqual({})
      return response.text()
    }
    provider.state.user = { sub: 'u9', email: 'eve@example.com', email_verified: true }
    expect(await words()).toContain('Nobody here has your address')
    provider.state.user = { sub: 'u9', email: 'ada@example.com', email_verified: false }
    expect(await words()).toContain('does not confirm that your e-mail address is yours')
    provider.state.user = { sub: 'u1', email: 'ada@example.com', email_verified: true }
    await through(server.browser())
    provider.state.user = { sub: 'u2', email: 'ada@example.com', email_verified: true }
    expect(await words()).toContain('Another account of the sign-in provider stands for you here')
  })

  it('links an account by an invitation, whatever its address, once', async () => {
    const { admin } = await server.workspace(0, 'ada@example.com')
    const core = await server.core()
    const { person, link } = await core.call(
      access.people.invite,
      { name: 'Grace', email: 'grace@example.com', roles: ['approver'] },
      admin,
    )
    const secret = link.path.split('/').at(-1)!
    provider.state.user = { sub: 'g', email: 'g.hopper@navy.example', email_verified: true }
    const browser = server.browser()
    expect(await (await browser.send(link.path)).text()).toContain(`/sign-in/provider?link=${secret}`)
    await through(browser, `/sign-in/provider?link=${secret}`)
    expect(await whoami(browser)).toMatchObject({ person: person.id })
    const late = await through(server.browser(), `/sign-in/provider?link=${secret}`)
    expect(late.status).toBe(403)
    await through(server.browser())
    const { people } = await core.call(access.people.list, {}, admin)
    expect(people.find(one => one.person.id === person.id)).toMatchObject({
      provider: { email: 'grace@example.com' },
      invitedUntil: null,
    })
  })

  it('does not take an answer that was begun in another browser, or comes twice', async () => {
    await server.workspace(0, 'ada@example.com')
    const victim = server.browser()
    const attacker = server.browser()
    const begun = await attacker.send('/sign-in/provider')
    const answer = await provider.agree(begun.headers.get('location')!)
    const forced = await victim.send(answer)
    expect([forced.status, (await forced.text()).includes('begun in another browser')]).toEqual([403, true])
    // With a journey of its own the victim has another state.
    await victim.send('/sign-in/provider')
    expect((await victim.send(answer)).status).toBe(403)
    expect(await whoami(victim)).toEqual({})
    expect((await attacker.send(answer)).status).toBe(303)
    expect((await attacker.send(answer)).status).toBe(403)
  })

  it('offers to sign out at the provider too', async () => {
    await server.workspace(0, 'ada@example.com')
    const browser = server.browser()
    await through(browser)
    const out = await (await browser.post('/sign-out', {})).text()
    expect(out).toContain(`${provider.issuer}/session/end?`)
    expect(await whoami(browser)).toEqual({})
  })
})

describe('sign-in with a provider that lies', () => {
  let server: TestServer
  let provider: Awaited<ReturnType<typeof lyingProvider>>
  beforeEach(async () => {
    provider = await lyingProvider()
    server = await identityServer({ provider: provider.settings, start: NOW })
    await server.workspace(0, 'ada@example.com')
  })
  afterEach(async () => {
    await server.close()
    await provider.close()
  })

  async function answer(lie: Lie, change: (parameters: URLSearchParams) => void = () => {}) {
    const browser = server.browser()
    const begun = await browser.send('/sign-in/provider')
    const asked = new URL(begun.headers.get('location')!).searchParams
    provider.state.nonce = asked.get('nonce')!
    provider.state.lie = lie
    const parameters = new URLSearchParams({ code: 'c', state: asked.get('state')! })
    change(parameters)
    const response = await browser.send(`/sign-in/callback?${parameters}`)
    return { status: response.status, text: await response.text(), me: await whoami(browser) }
  }

  it('takes the truth', async () => {
    expect(await answer({})).toMatchObject({ status: 303, me: { kind: 'person' } })
  })

  const seconds = Math.floor(NOW / 1000)
  it.each<[string, Lie]>([
    ['another nonce', { claims: { nonce: 'another' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another issuer', { claims: { iss: 'https://elsewhere.example' } }],
    ['a token that has ended', { claims: { iat: seconds - 7200, exp: seconds - 3600 } }],
    ['a token for another audience', { claims: { aud: 'another client' } }],
    [
      'a token for several, on behalf of another',
      { claims: { aud: ['quarterdeck', 'other'], azp: 'other' } },
    ],
    ['no subject', { claims: { sub: undefined } }],
    ['an empty subject', { claims: { sub: '' } }],
    ['a signature of another key', { otherKey: true }],
    ['no signature', { unsigned: true }],
    ['a page instead of a token', { answer: { status: 200, body: '<html>' } }],
    ['an error', { answer: { status: 400, body: '{"error":"invalid_grant"}' } }],
    ['a failure', { answer: { status: 500, body: 'oops' } }],
  ])('does not let anybody in with %s', async (_, lie) => {
    const { status, text, me } = await answer(lie)
    expect([status, me]).toEqual([403, {}])
    expect(text).toContain('does not prove who you are')
    expect(text).not.toContain('oops')
  })

  it('does not let anybody in with another state, or with that of an error', async () => {
    expect(await answer({}, parameters => parameters.set('state', 'another'))).toMatchObject({
      status: 403,
      me: {},
    })
    expect(await answer({}, parameters => parameters.delete('state'))).toMatchObject({ status: 403, me: {} })
    const denied = await answer({}, parameters => {
      parameters.delete('code')
      parameters.set('error', 'access_denied')
      parameters.set('error_description', '<script>alert(1)</script>')
    })
    expect([denied.status, denied.me]).toEqual([403, {}])
    expect(denied.text).toContain('did not let you in, or you cancelled')
    expect(denied.text).not.toContain('script')
  })

  it('says so when the provider cannot be reached or answers with a page of its own, and goes on without it', async () => {
    provider.state.broken = true
    const other = await identityServer({ provider: provider.settings, start: NOW })
    const response = await other.browser().send('/sign-in/provider')
    expect([response.status, (await response.text()).includes('does not answer just now')]).toEqual([
      502,
      true,
    ])
    provider.state.broken = false
    expect((await other.browser().send('/sign-in/provider')).status).toBe(303)
    await other.close()
  })
})
