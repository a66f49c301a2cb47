import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import { identityServer, PASSPHRASE, type TestServer, WORKSPACES } from './identity-kit.ts'

const NEW = 'another long passphrase'
const HOUR = 3_600_000

describe('sign-in of a server', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await identityServer()
  })
  afterEach(() => server.close())

  const whoami = async (browser: ReturnType<TestServer['browser']>) => {
    const response = await browser.send('/whoami')
    return response.ok
      ? ((await response.json()) as { person?: string; workspace?: string; assurance?: string })
      : null
  }

  it('lets the first admin in by a link that works once, who makes the workspace', async () => {
    const link = await server.identity.firstAdmin()
    expect(link?.path).toMatch(/^\/begin\/link_[0-9a-f-]{36}_[\w-]{43}$/)
    const browser = server.browser()
    const page = await browser.send(link!.path)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Set up this server')
    const fields = {
      ...{
        name: 'Harbour Ltd',
        zone: 'Europe/Berlin',
        currency: 'EUR',
        person: 'Ada',
        email: 'Ada@Example.com',
      },
      ...{ passphrase: PASSPHRASE, again: PASSPHRASE },
    }
    const short = await browser.post(link!.path, { ...fields, passphrase: 'short', again: 'short' })
    expect([short.status, (await short.text()).includes('at least 12 characters')]).toEqual([422, true])
    const made = await browser.post(link!.path, fields)
    expect([made.status, made.headers.get('location')]).toEqual([303, '/'])
    const me = await whoami(browser)
    expect(me).toMatchObject({ assurance: 'passphrase', kind: 'person' })
    const core = await server.workspaces.open(me!.workspace!)
    expect(
      await core.call(
        contract.workspace.session,
        {},
        { person: me!.person!, device: 'x', assurance: 'passphrase', vouched: true },
      ),
    ).toMatchObject({
      workspace: { name: 'Harbour Ltd', authority: 'server', zone: 'Europe/Berlin', currency: 'EUR' },
      person: { name: 'Ada', email: 'ada@example.com', roles: ['admin', 'analyst'] },
    })
    expect((await browser.post(link!.path, fields)).status).toBe(410)
    expect(await server.identity.firstAdmin()).toBeNull()
    expect((await server.identity.firstAdmin(true))?.path).toMatch(/^\/begin\//)
    const again = server.browser()
    expect((await again.signIn('ada@example.com')).headers.get('location')).toBe('/')
    expect(await whoami(again)).toMatchObject({ person: me!.person })
  })

  it('lets one of several first links make a workspace, for a day', async () => {
    const first = await server.identity.firstAdmin()
    const second = await server.identity.firstAdmin()
    const browser = server.browser()
    // Two servers that start side by side: each has a link, for a workspace of its own.
    expect((await browser.send(first!.path)).status).toBe(200)
    await server.workspace(0, 'ada@example.com')
    const fields = {
      ...{ name: 'Other', zone: 'UTC', currency: 'EUR', person: 'Eve', email: 'eve@example.com' },
      ...{ passphrase: PASSPHRASE, again: PASSPHRASE },
    }
    const refused = await browser.post(second!.path, fields)
    expect(refused.status).toBe(403)
    expect(await refused.text()).toContain('This link was used')
    server.clock.advance(25 * HOUR)
    expect((await browser.send(second!.path)).status).toBe(410)
  })

  it('says the same of a wrong passphrase and of an address that nobody has', async () => {
    await server.workspace(0, 'ada@example.com')
    const text = async (email: string) => {
      const response = await server.browser().signIn(email, 'wrong wrong wrong')
      return [response.status, (await response.text()).replaceAll(email, '…')]
    }
    expect(await text('ada@example.com')).toEqual(await text('nobody@example.com'))
  })

  it('makes wrong tries wait, longer and longer, for one address and for many', async () => {
    await server.workspace(0, 'ada@example.com')
    const browser = server.browser()
    for (let wrong = 0; wrong < 3; wrong++)
      expect((await browser.signIn('ada@example.com', 'wrong wrong wrong')).status).toBe(401)
    const waiting = await browser.signIn('ada@example.com')
    expect([waiting.status, (await waiting.text()).includes('Try again in 5 seconds')]).toEqual([429, true])
    server.clock.advance(5000)
    expect((await browser.signIn('ada@example.com', 'wrong wrong wrong')).status).toBe(401)
    server.clock.advance(5000)
    const longer = await browser.signIn('ada@example.com')
    expect((await longer.text()).includes('Try again in 5 seconds')).toBe(true)
    server.clock.advance(5000)
    expect((await browser.signIn('ada@example.com')).status).toBe(303)
    expect((await server.browser().signIn('ada@example.com', 'wrong wrong wrong')).status).toBe(401)
  })

  it('slows down an address that tries many accounts, and not an office where people mistype', async () => {
    await server.workspace(0, 'ada@example.com')
    const attempt = (account: number) =>
      server.browser().signIn(`${account}@example.com`, 'wrong wrong wrong')
    for (let account = 0; account < 30; account++) expect((await attempt(account)).status).toBe(401)
    expect((await attempt(30)).status).toBe(429)
    server.clock.advance(HOUR)
    for (let account = 0; account < 60; account++) {
      expect([account, (await attempt(account)).status]).toEqual([account, 401])
      server.clock.advance(30_000)
    }
    expect((await server.browser().signIn('ada@example.com')).status).toBe(303)
  })

  it('asks which workspace where an address belongs to several', async () => {
    const one = await server.workspace(0, 'ada@example.com')
    const other = await server.workspace(1, 'ada@example.com')
    const browser = server.browser()
    expect((await browser.signIn('ada@example.com', PASSPHRASE, '/x?y=1')).headers.get('location')).toBe(
      '/sign-in/workspace',
    )
    expect(await whoami(browser)).toEqual({})
    const page = await (await browser.send('/sign-in/workspace')).text()
    expect(page).toContain('Company 0')
    expect(page).toContain('Company 1')
    const foreign = await browser.post('/sign-in/workspace', { workspace: 'elsewhere' })
    expect(foreign.headers.get('location')).toBe('/sign-in')
    const chosen = await browser.post('/sign-in/workspace', { workspace: other.workspace })
    expect(chosen.headers.get('location')).toBe('/x?y=1')
    expect(await whoami(browser)).toMatchObject({ workspace: other.workspace, person: other.admin.person })
    expect(one.workspace).not.toBe(other.workspace)
  })

  it('asks the database as often, however many workspaces there are', async () => {
    const reads = async () => {
      const { read } = server.store
      let count = 0
      server.store.read = (...given) => {
        count++
        return read(...given)
      }
      try {
        expect((await server.browser().signIn('nobody@example.com')).status).toBe(401)
      } finally {
        server.store.read = read
      }
      return count
    }
    await server.workspace(1, 'ada@example.com')
    const few = await reads()
    for (let at = 2; at < 12; at++) await server.workspace(at, `admin-${at}@example.com`)
    expect(await reads()).toBe(few)
  })

  it('goes on to places of this server only', async () => {
    await server.workspace(0, 'ada@example.com')
    for (const next of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/\t/evil.example',
    ]) {
      const response = await server.browser().signIn('ada@example.com', PASSPHRASE, next)
      expect([next, response.headers.get('location')]).toEqual([next, '/'])
    }
  })

  it('opens a new session at each sign-in, and ends the one before', async () => {
    await server.workspace(0, 'ada@example.com')
    const browser = server.browser()
    browser.cookies.set('quarterdeck-session', `session_${WORKSPACES[0]}_${'A'.repeat(43)}`)
    await browser.signIn('ada@example.com')
    const first = browser.cookies.get('quarterdeck-session')!
    expect(first).not.toContain('AAAA')
    await browser.signIn('ada@example.com')
    expect(browser.cookies.get('quarterdeck-session')).not.toBe(first)
    const thief = server.browser()
    thief.cookies.set('quarterdeck-session', first)
    expect((await thief.send('/whoami')).status).toBe(500)
  })

  it('ends a session by sign-out, by idling, by age, with the person, and by an admin', async () => {
    const { workspace, admin } = await server.workspace(0, 'ada@example.com')
    const core = await server.core()
    const bob = await server.person(workspace, admin, 'Bob', ['analyst'])
    const enter = async () => {
      const browser = server.browser()
      await browser.signIn('bob@example.com')
      expect(await whoami(browser)).toMatchObject({ person: bob })
      return browser
    }
    const out = await enter()
    expect((await out.send('/sign-out')).status).toBe(200)
    const kept = new Map(out.cookies)
    await out.post('/sign-out', {})
    expect(out.cookies.size).toBe(0)
    for (const [name, value] of kept) out.cookies.set(name, value)
    expect(await whoami(out)).toBeNull()

    const idle = await enter()
    server.clock.advance(12 * HOUR)
    expect(await whoami(idle)).toBeNull()

    const old = await enter()
    for (let hour = 0; hour < 7 * 24; hour += 8) {
      expect(await whoami(old)).not.toBeNull()
      await expect
        .poll(
          async () =>
            (
              await server.store.read(workspace, reader =>
                reader.db
                  .selectFrom('sessions')
                  .select('last_used_at')
                  .orderBy('last_used_at', 'desc')
                  .limit(1)
                  .executeTakeFirstOrThrow(),
              )
            ).last_used_at,
        )
        .toBe(server.clock.now())
      server.clock.advance(8 * HOUR)
    }
    expect(await whoami(old)).toBeNull()

    const gone = await enter()
    await core.call(contract.workspace.people.setActive, { personId: bob, active: false }, admin)
    expect(await whoami(gone)).toBeNull()
    await core.call(contract.workspace.people.setActive, { personId: bob, active: true }, admin)

    const revoked = await enter()
    const asBob = { ...admin, person: bob }
    const { sessions } = await core.call(access.sessions.list, { everybody: true }, admin)
    const open = sessions.filter(session => session.person?.id === bob)
    for (const { id } of open) await core.call(access.sessions.revoke, { sessionId: id }, admin)
    expect(await whoami(revoked)).toBeNull()
    expect((await core.call(access.sessions.list, { everybody: true }, asBob)).sessions).toEqual([])
  })

  it('ends other sessions when the passphrase changes, and keeps this one', async () => {
    await server.workspace(0, 'ada@example.com')
    const here = server.browser()
    const there = server.browser()
    await here.signIn('ada@example.com')
    await there.signIn('ada@example.com')
    const wrong = await here.post('/account/passphrase', {
      current: 'not this one at all',
      passphrase: NEW,
      again: NEW,
    })
    expect([wrong.status, (await wrong.text()).includes('not right')]).toEqual([422, true])
    expect(await whoami(there)).not.toBeNull()
    const differs = await here.post('/account/passphrase', {
      current: PASSPHRASE,
      passphrase: NEW,
      again: 'x',
    })
    expect(await differs.text()).toContain('not the same')
    const changed = await here.post('/account/passphrase', {
      current: PASSPHRASE,
      passphrase: NEW,
      again: NEW,
    })
    expect(await changed.text()).toContain('was changed')
    expect(await whoami(here)).not.toBeNull()
    expect(await whoami(there)).toBeNull()
    expect((await there.signIn('ada@example.com')).status).toBe(401)
    expect((await there.signIn('ada@example.com', NEW)).status).toBe(303)
  })

  it('invites people by a link, and gives a new passphrase by one', async () => {
    const { workspace, admin } = await server.workspace(0, 'ada@example.com')
    const core = await server.core()
    const { person, link } = await core.call(
      access.people.invite,
      { name: 'Grace', email: 'Grace@Example.com', roles: ['approver'] },
      admin,
    )
    const before = await core.call(access.people.list, {}, admin)
    expect(before.people.find(one => one.person.id === person.id)).toMatchObject({ invitedUntil: link.until })
    const browser = server.browser()
    expect(await (await browser.send(link.path)).text()).toContain('Welcome, Grace')
    const fields = { passphrase: PASSPHRASE, again: PASSPHRASE }
    expect((await browser.post(link.path, fields)).status).toBe(303)
    expect(await whoami(browser)).toMatchObject({ workspace, person: person.id })
    expect((await server.browser().post(link.path, fields)).status).toBe(410)

    const old = await core.call(access.people.link, { personId: person.id }, admin)
    const newer = await core.call(access.people.link, { personId: person.id }, admin)
    expect([old.kind, newer.kind]).toEqual(['reset', 'reset'])
    expect((await server.browser().send(old.link.path)).status).toBe(410)
    const other = server.browser()
    expect((await other.post(newer.link.path, { passphrase: NEW, again: NEW })).status).toBe(303)
    expect(await whoami(browser)).toBeNull()
    expect(await whoami(other)).toMatchObject({ person: person.id })
    server.clock.advance(1)
    const expired = await core.call(access.people.link, { personId: person.id }, admin)
    server.clock.advance(25 * HOUR)
    expect((await server.browser().send(expired.link.path)).status).toBe(410)
    // A link for one thing is none for another.
    const invitation = await core.call(access.people.link, { personId: person.id }, admin)
    expect(
      (await server.browser().send(invitation.link.path.replace('/reset/', '/invitation/'))).status,
    ).toBe(410)
  })

  it('keeps no secret in the database or in the log of commands', async () => {
    const { workspace, admin } = await server.workspace(0, 'ada@example.com')
    const core = await server.core()
    const browser = server.browser()
    await browser.signIn('ada@example.com')
    const token = await core.call(
      access.tokens.create,
      { name: 'Meter', scopes: ['usage.ingest'], days: 30 },
      admin,
    )
    const { link } = await core.call(
      access.people.invite,
      { name: 'G', email: 'g@example.com', roles: ['ops'] },
      admin,
    )
    const secrets = [
      browser.cookies.get('quarterdeck-session')!,
      token.secret,
      link.path.split('/').at(-1)!,
      PASSPHRASE,
    ]
    const texts = await server.store.read(workspace, async reader => {
      const tables = ['command_log', 'sessions', 'service_tokens', 'access_links', 'credentials'] as const
      const rows = await Promise.all(
        tables.map(name =>
          reader.db
            .selectFrom(name as 'sessions')
            .selectAll()
            .execute(),
        ),
      )
      return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    })
    expect(texts).toContain('access.sessions.begin')
    for (const secret of secrets) expect(texts).not.toContain(secret)
    expect(texts).toContain('"digest\\":\\"•')
    expect(JSON.stringify(server.logged)).not.toContain(token.secret)
  })
})
