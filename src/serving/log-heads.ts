import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { ed25519Signer, keyIdOf } from '#core/log/ed25519.ts'
import type { HeadKeeper, SignedHead } from '#core/log/head.ts'
import type { LogHeadServices } from '#core/log/head-signer.ts'
import { readIfPresent, writeFileAtomic } from './files/atomic-file.ts'
import { readKeyFile, writeKeyFile } from './files/key-file.ts'

/** Where the proofs of one workspace's log are: beside the key files, not beside the database. */
export interface ProofPaths {
  /** The seed of the key that signs heads on this account, mode 0600. */
  readonly signer: string
  /** The signed heads, one a line, only ever appended to. */
  readonly heads: string
  /** Public keys of other accounts and machines whose signatures count: those of restored backups. */
  readonly trusted: string
}

const Digits = z.string().regex(/^-?\d+$/)
const Head = z.object({
  version: Digits.transform(BigInt),
  hash: z.string(),
  signedAt: Digits.transform(BigInt),
  keyId: z.string(),
  signature: z.string(),
})
const TrustedKeys = z.array(z.string().regex(/^[0-9a-f]{64}$/))

/** What the core needs to sign the end of its log and to keep the heads where the database is not. */
export function openLogHeads(paths: ProofPaths): LogHeadServices {
  mkdirSync(dirname(paths.signer), { recursive: true, mode: 0o700 })
  if (!existsSync(paths.signer)) writeKeyFile(paths.signer, randomBytes(32))
  return {
    signer: ed25519Signer(readKeyFile(paths.signer)),
    keeper: fileKeeper(paths.heads),
    trusted: new Map(trustedKeys(paths).map(key => [keyIdOf(key), key])),
  }
}

/** Public keys whose signatures count here besides the own one. */
export function trustedKeys(paths: ProofPaths): Buffer[] {
  const text = readIfPresent(paths.trusted)
  return text === undefined ? [] : TrustedKeys.parse(JSON.parse(text)).map(key => Buffer.from(key, 'hex'))
}

/** The public keys by which a copy of the log can be proved elsewhere, hexadecimal. */
export function logKeys(paths: ProofPaths): string[] {
  const { publicKey } = ed25519Signer(readKeyFile(paths.signer))
  return [Buffer.from(publicKey), ...trustedKeys(paths)].map(key => key.toString('hex'))
}

/** Lets signatures of these keys count from now on. */
export function trustKeys(paths: ProofPaths, keys: readonly string[]): void {
  mkdirSync(dirname(paths.trusted), { recursive: true, mode: 0o700 })
  const all = new Set([...trustedKeys(paths).map(key => key.toString('hex')), ...keys])
  writeFileAtomic(paths.trusted, `${JSON.stringify([...all])}\n`)
}

/** Puts the heads of a log that a restore replaced aside: they are about entries that are not there any more. */
export function retireHeads(paths: ProofPaths, at: string): void {
  if (existsSync(paths.heads))
    renameSync(paths.heads, `${paths.heads}.until-${at.replace(/[-:]|\.\d+/g, '')}`)
}

/** Keeps heads in a file that is only appended to. A line that a crash cut off is passed over. */
export function fileKeeper(path: string): HeadKeeper {
  return {
    async keep(head) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const line = JSON.stringify(head, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
      // Beside the thread that answers people: a busy disk takes its time.
      const file = await open(path, 'a', 0o600)
      try {
        // A line of its own, also behind one that was cut off.
        await file.write(`\n${line}`)
        await file.sync()
      } finally {
        await file.close()
      }
    },
    kept: async () => (existsSync(path) ? readHeads(readFileSync(path, 'utf8')) : []),
  }
}

function readHeads(text: string): SignedHead[] {
  const heads: SignedHead[] = []
  for (const line of text.split('\n')) {
    let json: unknown
    try {
      json = JSON.parse(line)
    } catch {
      continue
    }
    const head = Head.safeParse(json)
    if (head.success) heads.push(head.data)
  }
  return heads.sort((a, b) => (a.version < b.version ? -1 : a.version > b.version ? 1 : 0))
}
