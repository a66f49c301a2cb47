import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { ed25519Signer } from '#core/log/ed25519.ts'
import type { Signer } from '#core/log/head.ts'
import { readKeyFile, writeKeyFile } from '#serving/files/key-file.ts'

/** The key of this machine, in a file of mode 0600 that is made when it is first asked for. */
export function openDeviceKey(path: string): Signer {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (!existsSync(path)) writeKeyFile(path, randomBytes(32))
  return ed25519Signer(readKeyFile(path))
}
