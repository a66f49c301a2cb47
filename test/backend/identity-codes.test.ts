import { Secret, TOTP } from 'otpauth'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import { identityServer, PASSPHRASE, type TestBrowser, type TestServer } from './identity-kit.ts'

describe('one-time codes', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await identityServer()
  })
  afterEach(() => server.close())

  /** The authenticator on somebody's phone, `steps` of thirty seconds away from now. */
  const codeOf = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
      timestamp: Number(server.clock.now()) + steps * 30_000,
    })
  const secretOn = (page: string) =>
    /<span class="secret">([A-Z2-7 ]+)<\/span>/.exec(page)![1]!.replaceAll(' ', '')
  const signedIn = async (browser: TestBrowser) =>
    ((await (await browser.send('/whoami')).json()) as { person?: string }).person !== undefined

  async function enrolled() {
    const { admin } = await server.workspace(0, 'ada@example.com')
    const browser = server.browser()
    await browser.signIn('ada@example.com')
    const secret = secretOn(await (await browser.send('/account/code')).text())
    const wrong = await browser.post('/account/code', { code: '000000', present: PASSPHRASE })
    expect([wrong.status, (await wrong.text()).includes('not the code')]).toEqual([401, true])
    const page = await (
      await browser.post('/account/code', { code: codeOf(secret), present: PASSPHRASE })
    ).text()
    const recovery = [...page.matchAll(/<li>([A-Z0-9-]+)<\/li>/g)].map(match => match[1]!)
    expect(recovery).toHaveLength(10)
    server.clock.advance(60_000)
    return { admin, secret, recovery }
  }

  it('are asked for once they are set up, and let in with the right one only', async () => {
    const { secret } = await enrolled()
    const browser = server.browser()
    const asked = await browser.signIn('ada@example.com')
    expect(asked.headers.get('location')).toBe('/sign-in/code')
    expect(await signedIn(browser)).toBe(false)
    expect((await browser.post('/sign-in/code', { code: codeOf(secret, 9) })).status).toBe(401)
    expect(await signedIn(browser)).toBe(false)
    const code = codeOf(secret)
    const right = await browser.post('/sign-in/code', { code: `${code.slice(0, 3)} ${code.slice(3)}` })
    expect([right.status, right.headers.get('location')]).toEqual([303, '/'])
    expect(await signedIn(browser)).toBe(true)
  })

  it('are taken from a clock half a minute off, and not from one that is further', async () => {
    const { secret } = await enrolled()
    for (const [steps, status] of [
      [-2, 401],
      [2, 401],
      [-1, 303],
      [1, 303],
    ] as const) {
      const browser = server.browser()
      await browser.signIn('ada@example.com')
      expect([steps, (await browser.post('/sign-in/code', { code: codeOf(secret, steps) })).status]).toEqual([
        steps,
        status,
      ])
    }
  })

  it('are taken once, from whichever browser, and not after a later one', async () => {
    const { secret } = await enrolled()
    const browsers = [server.browser(), server.browser(), server.browser()] as const
    for (const browser of browsers) await browser.signIn('ada@example.com')
    const code = codeOf(secret)
    const answers = await Promise.all(browsers.map(browser => browser.post('/sign-in/code', { code })))
    expect(answers.map(answer => answer.status).sort()).toEqual([303, 401, 401])
    const late = server.browser()
    await late.signIn('ada@example.com')
    expect((await late.post('/sign-in/code', { code: codeOf(secret, -1) })).status).toBe(401)
  })

  it('can be made up for by recovery codes, each of them once', async () => {
    const { admin, recovery } = await enrolled()
    const code = recovery[3]!.toLowerCase().replaceAll('-', ' ')
    for (const status of [303, 401]) {
      const browser = server.browser()
      await browser.signIn('ada@example.com')
      expect((await browser.post('/sign-in/code', { code })).status).toBe(status)
    }
    const core = await server.core()
    const { people } = await core.call(access.people.list, {}, admin)
    expect(people[0]).toMatchObject({ secondFactor: true, recoveryCodes: 9 })
  })

  it('cannot be guessed: wrong ones wait', async () => {
    await enrolled()
    const browser = server.browser()
    await browser.signIn('ada@example.com')
    for (let wrong = 0; wrong < 3; wrong++)
      expect((await browser.post('/sign-in/code', { code: '123456' })).status).toBe(401)
    expect((await browser.post('/sign-in/code', { code: '123456' })).status).toBe(429)
  })

  it('are not passed by: the step before them opens nothing, and a new passphrase neither', async () => {
    const { admin, secret } = await enrolled()
    const browser = server.browser()
    await browser.signIn('ada@example.com')
    for (const path of ['/account', '/account/code', '/device', '/sign-in/enrol', '/sign-in/workspace'])
      expect([path, (await browser.send(path)).status]).toEqual([path, 303])
    expect((await browser.post('/sign-in/enrol', { code: codeOf(secret) })).headers.get('location')).toBe(
      '/sign-in',
    )
    const core = await server.core()
    const { link } = await core.call(access.people.link, { personId: admin.person! }, admin)
    const fields = { passphrase: 'another long passphrase', again: 'another long passphrase' }
    const reset = await server.browser().post(link.path, fields)
    expect(reset.headers.get('location')).toBe('/sign-in/code')
  })

  it('are demanded of admins and approvers where the workspace says so', async () => {
    const { workspace, admin } = await server.workspace(0, 'ada@example.com')
    await server.person(workspace, admin, 'Bob', ['analyst'])
    const core = await server.core()
    await core.call(
      contract.workspace.settings.set,
      { name: 'workspace.secondFactor', value: 'admins and approvers' },
      admin,
    )
    expect((await server.browser().signIn('bob@example.com')).headers.get('location')).toBe('/')
    const browser = server.browser()
    expect((await browser.signIn('ada@example.com')).headers.get('location')).toBe('/sign-in/enrol')
    expect(await signedIn(browser)).toBe(false)
    const secret = secretOn(await (await browser.send('/sign-in/enrol')).text())
    const kept = new Map(browser.cookies)
    const done = await browser.post('/sign-in/enrol', { code: codeOf(secret) })
    expect(await done.text()).toContain('Your recovery codes')
    expect(await signedIn(browser)).toBe(true)
    // What the browser kept of that step does not set up another one.
    const thief = server.browser()
    for (const [name, value] of kept) thief.cookies.set(name, value)
    server.clock.advance(60_000)
    expect((await thief.post('/sign-in/enrol', { code: codeOf(secret) })).headers.get('location')).toBe(
      '/sign-in/code',
    )
    expect((await browser.post('/account/code/remove', { code: codeOf(secret) })).status).toBe(422)
  })

  it('are removed with a code by oneself, and by an admin for somebody who lost them', async () => {
    const { admin, secret } = await enrolled()
    const browser = server.browser()
    await browser.signIn('ada@example.com')
    await browser.post('/sign-in/code', { code: codeOf(secret) })
    expect((await browser.post('/account/code/remove', { code: '111111' })).status).toBe(422)
    server.clock.advance(30_000)
    const removed = await browser.post('/account/code/remove', { code: codeOf(secret) })
    expect(await removed.text()).toContain('were removed')
    expect(await signedIn(browser)).toBe(true)
    expect((await server.browser().signIn('ada@example.com')).headers.get('location')).toBe('/')

    const again = secretOn(await (await browser.send('/account/code')).text())
    await browser.post('/account/code', { code: codeOf(again), present: PASSPHRASE })
    const core = await server.core()
    await core.call(access.secondFactor.remove, { personId: admin.person! }, admin)
    expect((await browser.send('/account')).status).toBe(303)
    expect((await server.browser().signIn('ada@example.com')).headers.get('location')).toBe('/')
  })

  it('are not set up by whoever finds the browser open', async () => {
    const { secret } = await enrolled()
    const browser = server.browser()
    await browser.signIn('ada@example.com')
    await browser.post('/sign-in/code', { code: codeOf(secret) })
    const page = await (await browser.send('/account/code')).text()
    expect(page).toContain('A code of the present authenticator')
    const other = secretOn(page)
    for (const present of ['', PASSPHRASE, codeOf(other)])
      expect((await browser.post('/account/code', { code: codeOf(other), present })).status).toBe(401)
    server.clock.advance(30_000)
    const done = await browser.post('/account/code', { code: codeOf(other), present: codeOf(secret) })
    expect(await done.text()).toContain('Your recovery codes')
  })

  it('are kept sealed', async () => {
    const { secret } = await enrolled()
    const row = await server.store.read('00000000-0000-7000-8000-00000000aaaa', reader =>
      reader.db.selectFrom('second_factors').selectAll().executeTakeFirstOrThrow(),
    )
    expect(row.secret).not.toContain(secret)
    expect(Buffer.from(row.secret, 'base64url').includes(Buffer.from(secret))).toBe(false)
  })
})
