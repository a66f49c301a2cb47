import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { ed25519Signer } from '../log/ed25519.ts'
import { signCommand } from './command-signature.ts'
import { deskOf } from './desks.ts'
import { isOpen, WEB_SESSION } from './lives.ts'
import { makeSecret, readSecretName, sameDigest } from './secrets.ts'

const { access, workspace } = contract
const SYSTEM: Caller = { person: null, device: 'test', assurance: 'system', system: true }
const signer = ed25519Signer(new Uint8Array(32).fill(5))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe.each(DATABASES)('signatures of devices on %s', database => {
  let t: TestCore
  let device: string
  const commandId = '01900000-0000-7000-8000-000000000001'
  beforeEach(async () => {
    t = await testCore(database)
    const asked = { publicKey: hex(signer.publicKey), name: 'Desk', platform: 'x', personId: t.admin.person! }
    device = (await t.core.call(access.devices.enrol, asked, SYSTEM)).id
    const input = { name: 'Grace', email: 'grace@example.com', roles: ['ops' as const] }
    const command = {
      ...{ id: commandId, command: 'workspace.people.add', commandVersion: 1n, actor: t.admin.person },
      ...{ device, assurance: 'keychain', at: t.clock.now(), input: canonicalJson(input) },
    }
    const signed = await signCommand(signer, t.workspace, command)
    await t.core.call(workspace.people.add, input, {
      ...{ person: t.admin.person, device, assurance: 'keychain', vouched: true, commandId, at: command.at },
      signed: { ...signed, device, publicKey: hex(signer.publicKey) },
    })
  })
  afterEach(() => t.close())

  const verify = () => t.core.call(access.devices.signatures.verify, {}, t.admin)
  const change = (values: Record<string, string>) =>
    t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('command_signatures').set(values).execute()
    })

  it('access.devices.signatures.verify: are kept beside the log, and are good', async () => {
    expect(await verify()).toMatchObject({ checked: 1n, problems: [] })
  })

  it('access.devices.signatures.verify: finds whatever was altered', async () => {
    const kept = await t.store.read(t.workspace, reader =>
      reader.db.selectFrom('command_signatures').selectAll().executeTakeFirstOrThrow(),
    )
    const sign = async (text: string, by = signer) => hex(await by.sign(Buffer.from(text)))
    const other = ed25519Signer(new Uint8Array(32).fill(6))
    const said = JSON.parse(kept.text)
    const resaid = async (changed: object) => {
      const text = canonicalJson({ ...said, ...changed })
      return { text, signature: await sign(text) }
    }
    for (const [kind, values] of [
      ['key', { key_id: other.keyId }],
      [
        'key',
        { key_id: other.keyId, public_key: hex(other.publicKey), signature: await sign(kept.text, other) },
      ],
      ['signature', { text: `${kept.text} ` }],
      ['text', { text: '{}', signature: await sign('{}') }],
      ['altered', await resaid({ workspace: device })],
      ['altered', await resaid({ commandId: device })],
      ['altered', await resaid({ actor: device })],
      ['altered', await resaid({ command: 'workspace.people.edit' })],
      ['altered', await resaid({ inputDigest: 'a'.repeat(64) })],
    ] as const) {
      await change(values)
      expect([values, (await verify()).problems]).toEqual([values, [{ commandId, kind }]])
      const { text, signature, key_id, public_key } = kept
      await change({ text, signature, key_id, public_key })
    }
    // The input of an earlier version was brought up to date before it was logged.
    await change(await resaid({ version: { $int: '0' }, inputDigest: 'a'.repeat(64) }))
    expect((await verify()).problems).toEqual([])
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.deleteFrom('command_log').where('id', '=', commandId).execute()
    })
    expect((await verify()).problems).toEqual([{ commandId, kind: 'log' }])
  })

  it('belong to a desk with its people, and to none that is not known', async () => {
    const desk = await t.store.read(t.workspace, reader => deskOf(reader, device))
    expect(desk).toMatchObject({ id: device, people: [t.admin.person], revoked: false })
    expect(desk?.key?.keyId).toBe(signer.keyId)
    expect(await t.store.read(t.workspace, reader => deskOf(reader, commandId))).toBeNull()
  })

  it('what the server does by itself is nobody’s', async () => {
    const personId = t.admin.person!
    await t.core.call(access.people.unlinkProvider, { personId }, SYSTEM)
    await t.core.call(access.secondFactor.remove, { personId }, SYSTEM)
    expect((await t.core.call(access.people.list, {}, SYSTEM)).people).toEqual([])
    // What is somebody's own takes somebody.
    await expect(t.core.call(access.devices.revoke, { deviceId: device }, SYSTEM)).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
  })
})

describe('secrets', () => {
  const random = (bytes: number) => new Uint8Array(bytes).fill(9)
  const workspaceId = '01900000-0000-7000-8000-000000000001'

  it('name what they are for and where, and nothing else is one', () => {
    const { secret, digest } = makeSecret('token', workspaceId, random)
    expect(readSecretName(secret)).toEqual({ kind: 'token', workspace: workspaceId })
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(secret).not.toContain(digest)
    for (const none of [
      '',
      'token',
      secret.slice(1),
      `${secret}x`,
      secret.toUpperCase(),
      secret.replace('token', 'root'),
    ])
      expect(readSecretName(none)).toBeNull()
  })

  it('are the same by their digests only', () => {
    expect(sameDigest('ab', 'ab')).toBe(true)
    expect(sameDigest('ab', 'ac')).toBe(false)
    expect(sameDigest('ab', 'abc')).toBe(false)
  })

  it('open sessions until they idle, end, or have lived', () => {
    const session = { kind: 'web', last_used_at: 0n, expires_at: WEB_SESSION.life, ended_at: null } as const
    expect(isOpen(session, WEB_SESSION.idle - 1n)).toBe(true)
    expect(isOpen(session, WEB_SESSION.idle)).toBe(false)
    expect(isOpen({ ...session, last_used_at: WEB_SESSION.life - 1n }, WEB_SESSION.life)).toBe(false)
    expect(isOpen({ ...session, ended_at: 0n }, 0n)).toBe(false)
    expect(isOpen({ ...session, kind: 'device' }, WEB_SESSION.idle - 1n)).toBe(false)
  })
})
