import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ed25519Verify } from '#core/log/ed25519.ts'
import { openDeviceKey, resealDeviceKey } from './device-key.ts'

const ring = { workspace: '01900000-0000-7000-8000-000000000001', key: new Uint8Array(32).fill(1) }
const other = new Uint8Array(32).fill(2)

describe('the key of a device', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quarterdeck-'))
    path = join(folder, 'keys', 'w.device.json')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is made once, is the same afterwards, and signs', async () => {
    const made = openDeviceKey(path, ring)
    const again = openDeviceKey(path, ring)
    expect(again.keyId).toBe(made.keyId)
    const text = new TextEncoder().encode('x')
    expect(await ed25519Verify(made.publicKey, text, await again.sign(text))).toBe(true)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('does not open with the key of another database or for another workspace: that is another device', () => {
    const made = openDeviceKey(path, ring)
    const copy = readFileSync(path)
    expect(openDeviceKey(path, { ...ring, key: other }).keyId).not.toBe(made.keyId)
    expect(existsSync(`${path}.unreadable`)).toBe(true)
    writeFileSync(path, copy)
    expect(
      openDeviceKey(path, { ...ring, workspace: '01900000-0000-7000-8000-000000000002' }).keyId,
    ).not.toBe(made.keyId)
  })

  it('opens with either key while the database changes its key, and with the new one only afterwards', () => {
    const made = openDeviceKey(path, ring)
    resealDeviceKey(path, ring, other)
    const between = readFileSync(path)
    expect(openDeviceKey(path, ring).keyId).toBe(made.keyId)
    writeFileSync(path, between)
    expect(openDeviceKey(path, { ...ring, key: other }).keyId).toBe(made.keyId)
    expect(JSON.parse(readFileSync(path, 'utf8')).boxes).toHaveLength(1)
    expect(openDeviceKey(path, ring).keyId).not.toBe(made.keyId)
  })

  it('is made anew where the file is damaged, and resealing makes none', () => {
    resealDeviceKey(path, ring, other)
    expect(existsSync(path)).toBe(false)
    const made = openDeviceKey(path, ring)
    writeFileSync(path, 'half of a f')
    expect(openDeviceKey(path, ring).keyId).not.toBe(made.keyId)
  })
})
