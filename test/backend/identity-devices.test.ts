import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signCommand } from '#core/identity/command-signature.ts'
import { ed25519Signer } from '#core/log/ed25519.ts'
import type { Signer } from '#core/log/head.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import {
  ChallengeText,
  EnrolmentBegun,
  EnrolmentState,
  enrolmentText,
  SessionOpened,
} from '#shared/device-protocol.ts'
import { identityServer, type TestServer, WORKSPACES } from './identity-kit.ts'

const WORKSPACE = WORKSPACES[0]!
const MINUTE = 60_000

describe('devices of a server', () => {
  let server: TestServer
  let admin: Caller
  let signer: Signer
  beforeEach(async () => {
    server = await identityServer()
    admin = (await server.workspace(0, 'ada@example.com')).admin
    signer = ed25519Signer(randomBytes(32))
  })
  afterEach(() => server.close())

  const post = (path: string, body: unknown) =>
    fetch(`${server.base}/device/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const signed = async (text: string, by: Signer = signer) => hex(await by.sign(Buffer.from(text)))

  async function ask(by: Signer = signer, audience = server.base): Promise<Response> {
    const asked = { name: 'Desk of Ada', platform: 'linux x64', publicKey: hex(by.publicKey) }
    return post('/enrolments', { ...asked, signature: await signed(enrolmentText(asked, audience), by) })
  }
  const begin = async (by: Signer = signer) => EnrolmentBegun.parse(await (await ask(by)).json())
  const stateOf = async (secret: string) =>
    EnrolmentState.parse(await (await post('/enrolments/state', { secret })).json())

  /** A person signs in and decides about the desk that shows this code. */
  async function decide(code: string, decision = 'confirm', email = 'ada@example.com'): Promise<Response> {
    const browser = server.browser()
    await browser.signIn(email)
    return browser.post('/device', { code, decision })
  }

  async function enrolled(email = 'ada@example.com'): Promise<string> {
    const { secret, code } = await begin()
    await decide(code, 'confirm', email)
    const state = await stateOf(secret)
    if (state.state !== 'confirmed') throw new Error(state.state)
    return state.device
  }
  const challenge = async (device: string) =>
    ChallengeText.parse(await (await post('/challenges', { workspace: WORKSPACE, device })).json()).challenge
  const open = async (text: string, by: Signer = signer) =>
    post('/sessions', { challenge: text, signature: await signed(text, by) })
  const session = async (device: string) =>
    SessionOpened.parse(await (await open(await challenge(device))).json()).secret
  const authenticate = (secret: string) =>
    server.identity.authenticator
      .authenticate({ authorization: `Bearer ${secret}` })
      .catch((error: { code: string }) => error.code)

  it('are enrolled when a person confirms the code that the desk shows', async () => {
    const begun = await begin()
    expect(begun.code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(await stateOf(begun.secret)).toEqual({ state: 'waiting' })
    const browser = server.browser()
    const away = await browser.send(`/device?code=${begun.code}`)
    const next = `/sign-in?next=${encodeURIComponent(`/device?code=${begun.code}`)}`
    expect(away.headers.get('location')).toBe(next)
    const back = await browser.signIn('ada@example.com', undefined, `/device?code=${begun.code}`)
    expect(back.headers.get('location')).toBe(`/device?code=${begun.code}`)
    const page = await (
      await browser.send(`/device?code=${begun.code.toLowerCase().replace('-', ' ')}`)
    ).text()
    for (const words of ['Desk of Ada', 'linux x64', begun.code, '127.0.0.1']) expect(page).toContain(words)
    expect(await stateOf(begun.secret)).toEqual({ state: 'waiting' })
    expect(await (await browser.post('/device', { code: begun.code, decision: 'confirm' })).text()).toContain(
      'Connected',
    )
    const state = await stateOf(begun.secret)
    expect(state).toMatchObject({
      state: 'confirmed',
      workspace: { id: WORKSPACE, name: 'Company 0' },
      person: { id: admin.person, email: 'ada@example.com' },
      server: server.base,
    })
    const core = await server.core()
    const { devices } = await core.call(access.devices.list, {}, admin)
    expect(devices).toMatchObject([
      {
        name: 'Desk of Ada',
        keyId: signer.keyId,
        people: [{ name: 'Ada' }],
        revokedAt: null,
        lastUsedAt: null,
      },
    ])
    // Nobody confirms it a second time.
    expect((await browser.post('/device', { code: begun.code, decision: 'confirm' })).status).toBe(303)
  })

  it('are not enrolled when somebody refuses, nobody answers, or another key signed', async () => {
    const refused = await begin()
    expect(await (await decide(refused.code, 'refuse')).text()).toContain('was not connected')
    expect(await stateOf(refused.secret)).toEqual({ state: 'refused' })
    const late = await begin()
    server.clock.advance(15 * MINUTE)
    expect(await stateOf(late.secret)).toEqual({ state: 'expired' })
    expect((await decide(late.code)).headers.get('location')).toBe('/device')
    expect((await ask(signer, 'https://elsewhere.example')).ok).toBe(false)
    const others = { name: 'x', platform: 'x', publicKey: hex(ed25519Signer(randomBytes(32)).publicKey) }
    expect(
      (await post('/enrolments', { ...others, signature: await signed(enrolmentText(others, server.base)) }))
        .ok,
    ).toBe(false)
    expect(await stateOf('enrolment_x')).toEqual({ state: 'expired' })
    const core = await server.core()
    expect((await core.call(access.devices.list, {}, admin)).devices).toEqual([])
  })

  it('have several people, each of whom confirms the same desk; who leaves gives no commands on it', async () => {
    const bob = await server.person(WORKSPACE, admin, 'Bob', ['analyst'])
    const device = await enrolled()
    expect(await enrolled('bob@example.com')).toBe(device)
    const principal = await authenticate(await session(device))
    const core = await server.core()
    const desk = async () => server.identity.desk(core, principal as never)
    expect(await desk()).toMatchObject({ id: device, people: [admin.person, bob].sort(), revoked: false })
    await core.call(access.devices.leave, { deviceId: device, personId: bob }, { ...admin, person: bob })
    expect((await desk()).people).toEqual([admin.person])
    await enrolled('bob@example.com')
    await core.call(contract.workspace.people.setActive, { personId: bob, active: false }, admin)
    expect((await desk()).people).toEqual([admin.person])
  })

  it('open sessions by signing a challenge of the server, whatever their own clock says', async () => {
    const device = await enrolled()
    const text = await challenge(device)
    expect(JSON.parse(text)).toMatchObject({
      domain: 'quarterdeck/device-session/1',
      audience: server.base,
      workspace: WORKSPACE,
      device,
    })
    const opened = SessionOpened.parse(await (await open(text)).json())
    expect(opened.now).toBe(Number(server.clock.now()))
    expect(opened.secret).toMatch(new RegExp(`^device_${WORKSPACE}_`))
    expect(await authenticate(opened.secret)).toMatchObject({
      ...{ kind: 'device', workspace: WORKSPACE, device, person: null, ambient: false },
    })
    server.clock.advance(60 * MINUTE)
    expect(await authenticate(opened.secret)).toBe('ACCESS_SESSION_INVALID')
  })

  it('do not open them with a challenge that was used, changed, is old, or belongs to another', async () => {
    const device = await enrolled()
    const code = async (response: Promise<Response>) => {
      const answer = await response
      return answer.ok ? 'open' : ((await answer.json()) as { code?: string }).code
    }
    const used = await challenge(device)
    expect(await code(open(used))).toBe('open')
    expect(await code(open(used))).toBe('ACCESS_CHALLENGE')
    // Two that race with the same answer: one of them is late.
    const raced = await challenge(device)
    const answers = await Promise.all([open(raced), open(raced), open(raced)].map(code))
    expect(answers.sort()).toEqual(['ACCESS_CHALLENGE', 'ACCESS_CHALLENGE', 'open'])
    const old = await challenge(device)
    server.clock.advance(2 * MINUTE)
    expect(await code(open(old))).toBe('ACCESS_CHALLENGE')

    const other = ed25519Signer(randomBytes(32))
    expect(await code(open(await challenge(device), other))).toBe('ACCESS_CHALLENGE')
    const change = async (change: object) =>
      canonicalJson({ ...JSON.parse(await challenge(device)), ...change })
    for (const altered of [
      { audience: 'https://elsewhere.example' },
      { workspace: WORKSPACES[1]! },
      { device: WORKSPACES[1]! },
      { nonce: 'AAAA' },
      { domain: 'quarterdeck/command/1' },
      { expiresAt: 4_000_000_000_000, more: 1 },
    ])
      expect([altered, await code(open(await change(altered)))]).toEqual([altered, 'ACCESS_CHALLENGE'])
    // A device that nobody knows gets a challenge as every other one, and no session.
    expect(await code(open(await challenge('01900000-0000-7000-8000-00000000ffff')))).toBe('ACCESS_CHALLENGE')
    for (const text of ['', 'null', '{}', '[', '<html>'])
      expect(await code(open(text))).toBe('ACCESS_CHALLENGE')
  })

  it('that are lost are revoked: their session ends at once, and they come in no more', async () => {
    const device = await enrolled()
    const secret = await session(device)
    const text = await challenge(device)
    expect(await authenticate(secret)).toMatchObject({ device })
    const core = await server.core()
    await core.call(access.devices.revoke, { deviceId: device }, admin)
    expect(await authenticate(secret)).toBe('ACCESS_DEVICE_REVOKED')
    expect(((await (await open(text)).json()) as { code: string }).code).toBe('ACCESS_DEVICE_REVOKED')
    const again = await begin()
    expect(await (await decide(again.code)).text()).toContain('This desk was revoked')
    expect(await stateOf(again.secret)).toEqual({ state: 'waiting' })
    await expect(
      core.call(access.devices.rename, { deviceId: device, name: 'x' }, admin),
    ).rejects.toMatchObject({ code: 'ACCESS_DEVICE_REVOKED' })
  })

  it('are revoked by those who work on them and by admins, and by nobody else', async () => {
    const bob = await server.person(WORKSPACE, admin, 'Bob', ['analyst'])
    const device = await enrolled()
    const core = await server.core()
    const asBob = { ...admin, person: bob }
    await expect(core.call(access.devices.revoke, { deviceId: device }, asBob)).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
    expect((await core.call(access.devices.list, {}, asBob)).devices).toEqual([])
    await enrolled('bob@example.com')
    await core.call(access.devices.revoke, { deviceId: device }, asBob)
    expect((await core.call(access.devices.list, {}, admin)).devices[0]?.revokedBy?.name).toBe('Bob')
  })

  it('cannot be found by trying codes', async () => {
    const browser = server.browser()
    await browser.signIn('ada@example.com')
    for (let wrong = 0; wrong < 3; wrong++)
      expect((await browser.send(`/device?code=BBBB-BBB${'CDF'[wrong]}`)).status).toBe(404)
    expect((await browser.send('/device?code=BBBB-BBBG')).status).toBe(429)
  })

  it('ask again and again only so often from one address', async () => {
    for (let asked = 0; asked < 20; asked++) expect((await ask()).status).toBe(201)
    expect((await ask()).status).not.toBe(201)
    server.clock.advance(15 * MINUTE)
    expect((await ask()).status).toBe(201)
  })

  it('sign what is pushed; the server keeps the signature, and finds whatever was altered later', async () => {
    const device = await enrolled()
    const core = await server.core()
    const principal = await authenticate(await session(device))
    const sync = core.serveDesk(await server.identity.desk(core, principal as never))
    const push = async (name: string, by: Signer = signer) => {
      const command = {
        id: `0190000${name}-0000-7000-8000-000000000001`,
        ...{
          command: 'workspace.people.add',
          commandVersion: 1n,
          actor: admin.person,
          device,
          assurance: 'keychain',
        },
        attempts: 0n,
        at: server.clock.now(),
        input: canonicalJson({ name: `P${name}`, email: `p${name}@example.com`, roles: ['analyst'] }),
      }
      const signed = await signCommand(by, WORKSPACE, command)
      const answers = await sync.push({ answered: null, commands: [{ ...command, signed }] })
      return Array.isArray(answers) ? answers[0] : answers
    }
    expect(await push('1')).toMatchObject({ outcome: 'done' })
    expect(await push('2', ed25519Signer(randomBytes(32)))).toMatchObject({ outcome: 'refused' })
    const verify = () => core.call(access.devices.signatures.verify, {}, admin)
    expect(await verify()).toMatchObject({ checked: 1n, problems: [] })
    const change = (
      work: (tx: Parameters<Parameters<typeof server.store.write>[2]>[0]) => Promise<unknown>,
    ) => server.store.write(WORKSPACE, 'person', async tx => void (await work(tx)))
    const commandId = '01900001-0000-7000-8000-000000000001'
    const kept = await server.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_signatures').selectAll().executeTakeFirstOrThrow(),
    )
    const forger = ed25519Signer(randomBytes(32))
    const altered = [
      ['signature', { text: kept.text.replace('people.add', 'people.edit') }],
      ['signature', { signature: kept.signature.replace(/^./, digit => (digit === '0' ? '1' : '0')) }],
      [
        'key',
        {
          public_key: hex(forger.publicKey),
          key_id: forger.keyId,
          signature: await signed(kept.text, forger),
        },
      ],
      ['key', { key_id: forger.keyId }],
    ] as const
    for (const [kind, values] of altered) {
      await change(tx => tx.db.updateTable('command_signatures').set(values).execute())
      expect((await verify()).problems).toEqual([{ commandId, kind }])
      const { command_id: _, ...before } = kept
      await change(tx => tx.db.updateTable('command_signatures').set(before).execute())
    }
    await change(tx =>
      tx.db.updateTable('command_log').set({ actor: null }).where('id', '=', commandId).execute(),
    )
    expect((await verify()).problems).toEqual([{ commandId, kind: 'altered' }])
    await change(tx => tx.db.deleteFrom('command_log').where('id', '=', commandId).execute())
    expect((await verify()).problems).toEqual([{ commandId, kind: 'log' }])
  })
})
