import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { ed25519Signer } from '#core/log/ed25519.ts'
import type { Signer } from '#core/log/head.ts'
import { readIfPresent, writeFileAtomic } from '#serving/files/atomic-file.ts'
import type { Id } from '#shared/ids.ts'

/*
 * The private key of this machine. Its seed lies beside the other proofs, sealed with a key that comes from the key
 * of the database: whatever opens the workspace (the keychain of the system, a passphrase, a key file) opens it too,
 * and a copy of the file alone is worth nothing. It is no part of a backup, so a restored copy is another device.
 */

/** Whose key it is, and what opens it: the open key slots of the workspace. */
export interface DeviceKeyRing {
  readonly workspace: Id
  readonly key: Uint8Array
}

const Base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/)
const Box = z.object({ nonce: Base64, box: Base64 })
type Box = z.infer<typeof Box>
const DeviceKeyFile = z.object({ version: z.literal(1), boxes: z.array(Box).min(1).max(2) })

/**
 * The signer of this machine. Its key is made when it is first asked for, and anew where the file cannot be opened
 * (a restored workspace, another slot file): the server then knows it as another device.
 */
export function openDeviceKey(path: string, ring: DeviceKeyRing): Signer {
  const boxes = readBoxes(path)
  const seed = boxes && openAny(boxes, ring)
  if (seed) {
    // What a change of the database's key left behind is not kept: the old key may be known to somebody.
    if (boxes.length > 1) writeBoxes(path, [sealSeed(seed, ring)])
    return ed25519Signer(seed)
  }
  if (boxes) renameSync(path, `${path}.unreadable`)
  const made = randomBytes(32)
  writeBoxes(path, [sealSeed(made, ring)])
  return ed25519Signer(made)
}

/**
 * Before the database gets another key: seals the seed to both, so that it opens whichever one a crash leaves.
 * The next `openDeviceKey` forgets the one that is not in force.
 */
export function resealDeviceKey(path: string, from: DeviceKeyRing, to: Uint8Array): void {
  const boxes = readBoxes(path)
  const seed = boxes && openAny(boxes, from)
  if (seed) writeBoxes(path, [sealSeed(seed, from), sealSeed(seed, { ...from, key: to })])
}

function sealSeed(seed: Uint8Array, ring: DeviceKeyRing): Box {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(ring), nonce)
  cipher.setAAD(Buffer.from(ring.workspace))
  const box = Buffer.concat([cipher.update(seed), cipher.final(), cipher.getAuthTag()])
  return { nonce: nonce.toString('base64'), box: box.toString('base64') }
}

function openAny(boxes: readonly Box[], ring: DeviceKeyRing): Uint8Array | null {
  for (const { nonce, box } of boxes) {
    const bytes = Buffer.from(box, 'base64')
    try {
      const decipher = createDecipheriv('aes-256-gcm', wrappingKey(ring), Buffer.from(nonce, 'base64'))
      decipher.setAAD(Buffer.from(ring.workspace))
      decipher.setAuthTag(bytes.subarray(bytes.length - 16))
      return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - 16)), decipher.final()])
    } catch {
      // Sealed with another key: the next one may fit.
    }
  }
  return null
}

function wrappingKey({ key, workspace }: DeviceKeyRing): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `quarterdeck device key 1|${workspace}`, 32))
}

function readBoxes(path: string): readonly Box[] | null {
  const text = readIfPresent(path)
  if (text === undefined) return null
  try {
    return DeviceKeyFile.parse(JSON.parse(text)).boxes
  } catch {
    return []
  }
}

function writeBoxes(path: string, boxes: readonly Box[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileAtomic(path, `${JSON.stringify({ version: 1, boxes })}\n`)
}
