import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Keychain } from '#shared/host-entries.ts'
import { createKeyRing, type KeyRing, listSlots, openKeyRing } from './key-ring.ts'
import type { KeyServices, UnlockSecret } from './slots.ts'

const PASSPHRASE = 'four unrelated words here'
const FAST = { memory: 64, iterations: 1, parallelism: 1 }
const refusal = (code: string) => expect.objectContaining({ code })

let dir: string
let path: string
let services: KeyServices

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'qd-keys-'))
  path = join(dir, 'workspace.keys.json')
  services = { now: () => '2026-11-21T05:00:00.000Z', passphraseCost: FAST }
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const passphrase = (text = PASSPHRASE): UnlockSecret => ({ kind: 'passphrase', passphrase: text })
const create = () => createKeyRing(path, { kind: 'passphrase', passphrase: PASSPHRASE }, services)
const open = (secret: UnlockSecret) => openKeyRing(path, secret, services)
const keyOf = (ring: KeyRing) => Buffer.from(ring.key).toString('hex')

/** A keychain that encrypts by exclusive or with its own secret, and can be told to fail. */
function fakeKeychain(): Keychain & { broken: boolean; renew: boolean; generation: number } {
  const mask = (bytes: Uint8Array, generation: number) => bytes.map(byte => byte ^ (90 + generation))
  return {
    broken: false,
    renew: false,
    generation: 1,
    async state() {
      return this.broken ? { available: false, reason: 'locked' } : { available: true, backend: 'fake' }
    },
    async wrap(key) {
      return Uint8Array.of(this.generation, ...mask(key, this.generation))
    },
    async unwrap(wrapped) {
      const key = mask(wrapped.slice(1), wrapped[0]!)
      if (!this.renew) return { key }
      this.generation++
      return { key, rewrapped: await this.wrap(key) }
    },
  }
}

describe('key slots', () => {
  it('opens with each kind of slot to the same random key', async () => {
    const keychain = fakeKeychain()
    services = { ...services, keychain }
    const ring = await create()
    const keyPath = join(dir, 'elsewhere', 'a.key')
    await ring.add({ kind: 'key-file', path: keyPath })
    await ring.add({ kind: 'keychain' })
    const { recoveryKey } = await ring.add({ kind: 'recovery' })
    const secrets: UnlockSecret[] = [
      passphrase(),
      { kind: 'key-file', path: keyPath },
      { kind: 'keychain' },
      { kind: 'recovery', recoveryKey: recoveryKey! },
    ]
    for (const secret of secrets) {
      const opened = await open(secret)
      expect(keyOf(opened)).toBe(keyOf(ring))
      expect(opened.assurance).toBe(secret.kind)
    }
    expect(ring.key).toHaveLength(32)
    expect(listSlots(path).map(slot => slot.kind)).toEqual(['passphrase', 'key-file', 'keychain', 'recovery'])
  })

  it('keeps no secret in the slot file, and lets nobody else read it', async () => {
    const ring = await create()
    const { recoveryKey } = await ring.add({ kind: 'recovery' })
    const text = readFileSync(path, 'utf8')
    for (const secret of [PASSPHRASE, recoveryKey!, keyOf(ring), Buffer.from(ring.key).toString('base64')])
      expect(text).not.toContain(secret)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(`${path}.bak`).mode & 0o777).toBe(0o600)
  })

  it('refuses a wrong secret and changes nothing', async () => {
    await create()
    const before = readFileSync(path, 'utf8')
    await expect(open(passphrase('not the right words'))).rejects.toThrow(refusal('KEYS_WRONG_SECRET'))
    await expect(open({ kind: 'keychain' })).rejects.toThrow(refusal('KEYS_NO_SUCH_SLOT'))
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  it('refuses a short new passphrase, and takes composed and decomposed letters for the same', async () => {
    const weak = createKeyRing(path, { kind: 'passphrase', passphrase: 'short' }, services)
    await expect(weak).rejects.toThrow(refusal('KEYS_PASSPHRASE_WEAK'))
    await createKeyRing(path, { kind: 'passphrase', passphrase: 'Käse und Brot für alle' }, services)
    await expect(open(passphrase('Käse und Brot für alle'.normalize('NFD')))).resolves.toBeDefined()
  })

  it('refuses a key file that others may read, and says how to mend it', async () => {
    const ring = await create()
    const keyPath = join(dir, 'a.key')
    await ring.add({ kind: 'key-file', path: keyPath })
    expect(statSync(keyPath).mode & 0o777).toBe(0o600)
    chmodSync(keyPath, 0o640)
    await expect(open({ kind: 'key-file', path: keyPath })).rejects.toThrow(/mode 640.*chmod 600/)
    chmodSync(keyPath, 0o600)
    writeFileSync(keyPath, 'something else')
    await expect(open({ kind: 'key-file', path: keyPath })).rejects.toThrow(
      refusal('KEYS_KEY_FILE_UNREADABLE'),
    )
    await expect(open({ kind: 'key-file', path: join(dir, 'gone.key') })).rejects.toThrow(/does not exist/)
  })

  it('never removes the last slot, nor the last besides recovery keys', async () => {
    const ring = await create()
    const first = ring.list()[0]!
    await expect(ring.remove(first.id)).rejects.toThrow(refusal('KEYS_LAST_SLOT'))
    await ring.add({ kind: 'recovery' })
    await expect(ring.remove(first.id)).rejects.toThrow(refusal('KEYS_LAST_SLOT'))
    await ring.add({ kind: 'key-file', path: join(dir, 'a.key') })
    await ring.remove(first.id)
    await expect(open(passphrase())).rejects.toThrow(refusal('KEYS_NO_SUCH_SLOT'))
    expect(readFileSync(`${path}.bak`, 'utf8')).not.toContain(first.id)
  })

  it('rotates a secret: the new one opens, the old one does not', async () => {
    const ring = await create()
    await ring.rotate(ring.list()[0]!.id, { kind: 'passphrase', passphrase: 'quite another sentence' })
    await expect(open(passphrase())).rejects.toThrow(refusal('KEYS_WRONG_SECRET'))
    expect(keyOf(await open(passphrase('quite another sentence')))).toBe(keyOf(ring))
  })

  it('asks for the recovery key again before it counts', async () => {
    const ring = await create()
    expect(ring.recovery()).toBe('none')
    const { recoveryKey } = await ring.add({ kind: 'recovery' })
    expect(ring.recovery()).toBe('unconfirmed')
    const slip = recoveryKey!.replace(/.$/, last => (last === '7' ? '8' : '7'))
    await expect(ring.confirmRecovery(slip)).rejects.toThrow(refusal('KEYS_RECOVERY_MALFORMED'))
    await ring.confirmRecovery(recoveryKey!.toLowerCase())
    expect(ring.recovery()).toBe('confirmed')
    expect((await open(passphrase())).recovery()).toBe('confirmed')
  })

  it('stores what the keychain encrypted anew, and says why the keychain is of no use', async () => {
    const keychain = fakeKeychain()
    services = { ...services, keychain }
    const ring = await createKeyRing(path, { kind: 'keychain' }, services)
    const before = readFileSync(path, 'utf8')
    keychain.renew = true
    expect(keyOf(await open({ kind: 'keychain' }))).toBe(keyOf(ring))
    expect(readFileSync(path, 'utf8')).not.toBe(before)
    keychain.renew = false
    expect(keyOf(await open({ kind: 'keychain' }))).toBe(keyOf(ring))
    keychain.broken = true
    await expect(open({ kind: 'keychain' })).rejects.toThrow(/locked/)
    services = { now: services.now }
    await expect(open({ kind: 'keychain' })).rejects.toThrow(refusal('KEYS_KEYCHAIN_FAILED'))
  })
})

describe('a change of the database key', () => {
  it('is sealed to every slot without asking for their secrets', async () => {
    const ring = await create()
    const { recoveryKey } = await ring.add({ kind: 'recovery' })
    const old = keyOf(ring)
    let seen: string[] = []
    await ring.rekey(async (from, to) => {
      seen = [from, to].map(key => Buffer.from(key).toString('hex'))
    })
    expect(seen).toEqual([old, keyOf(ring)])
    expect(keyOf(ring)).not.toBe(old)
    expect(keyOf(await open(passphrase()))).toBe(keyOf(ring))
    expect(keyOf(await open({ kind: 'recovery', recoveryKey: recoveryKey! }))).toBe(keyOf(ring))
  })

  it('keeps the old key when the database could not be changed', async () => {
    const ring = await create()
    const old = keyOf(ring)
    await expect(ring.rekey(() => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full')
    const opened = await open(passphrase())
    expect(keyOf(opened)).toBe(old)
    expect(opened.next).toBeUndefined()
  })

  it('opens to both keys after a crash in the middle, and settles on the one that the database has', async () => {
    for (const has of ['current', 'next'] as const) {
      rmSync(path, { force: true })
      const ring = await create()
      let during = ''
      let to = ''
      await ring.rekey(async (_, next) => {
        during = readFileSync(path, 'utf8')
        to = Buffer.from(next).toString('hex')
      })
      writeFileSync(path, during)
      const crashed = await open(passphrase())
      const old = keyOf(crashed)
      expect(Buffer.from(crashed.next!).toString('hex')).toBe(to)
      await crashed.settleRekey(has)
      const settled = await open(passphrase())
      expect(keyOf(settled)).toBe(has === 'next' ? to : old)
      expect(settled.next).toBeUndefined()
    }
  })

  it('locks out a slot that was removed before, even with the slot file of then', async () => {
    const ring = await create()
    await ring.add({ kind: 'key-file', path: join(dir, 'a.key') })
    const stolen = readFileSync(path, 'utf8')
    await ring.remove(ring.list()[0]!.id)
    await ring.rekey(async () => {})
    writeFileSync(path, stolen)
    expect(keyOf(await open(passphrase()))).not.toBe(keyOf(ring))
  })
})

describe('a damaged slot file', () => {
  it('falls back to the copy that was kept, and mends itself', async () => {
    const ring = await create()
    await ring.add({ kind: 'recovery' })
    const opened = async () => keyOf(await open(passphrase()))
    for (const damage of [() => truncateSync(path, 40), () => truncateSync(path, 0), () => rmSync(path)]) {
      damage()
      expect(await opened()).toBe(keyOf(ring))
      expect(JSON.parse(readFileSync(path, 'utf8')).format).toBe('quarterdeck-keys')
    }
  })

  it('says what is wrong when the copy is gone too', async () => {
    await create()
    rmSync(`${path}.bak`)
    for (const [text, code] of [
      ['', 'KEYS_FILE_DAMAGED'],
      ['{"format":"quarterdeck-keys","version":1}', 'KEYS_FILE_DAMAGED'],
      ['{"format":"quarterdeck-keys","version":2}', 'KEYS_FILE_NEWER'],
    ] as const) {
      writeFileSync(path, text)
      await expect(open(passphrase())).rejects.toThrow(refusal(code))
    }
    rmSync(path)
    await expect(open(passphrase())).rejects.toThrow(refusal('KEYS_FILE_MISSING'))
  })

  it('refuses a file into which something else put a slot', async () => {
    await create()
    const file = JSON.parse(readFileSync(path, 'utf8'))
    const planted = { ...file.slots[0], id: '0199aaaa-aaaa-7aaa-8aaa-aaaaaaaaaaaa', publicKey: 'AAAA' }
    writeFileSync(path, JSON.stringify({ ...file, slots: [...file.slots, planted] }))
    await expect(open(passphrase())).rejects.toThrow(/altered/)
  })

  it('refuses costs that would take all memory', async () => {
    await create()
    rmSync(`${path}.bak`)
    const file = JSON.parse(readFileSync(path, 'utf8'))
    file.slots[0].passphrase.memory = 4_000_000_000
    writeFileSync(path, JSON.stringify(file))
    await expect(open(passphrase())).rejects.toThrow(refusal('KEYS_FILE_DAMAGED'))
  })
})
