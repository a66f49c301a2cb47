import { randomBytes } from 'node:crypto'
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { HostServices } from '#core/features.ts'
import { createWaits } from '#core/runtime/waits.ts'
import { argon2Passphrases, PASSPHRASE_COST } from '#core/workspace/passphrases.ts'
import { createWeb } from '#serving/ask-web.ts'
import { openLogHeads, type ProofPaths } from '#serving/log-heads.ts'
import { bestArgon2 } from '#serving/native-argon2.ts'
import type { Id } from '#shared/ids.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'

export interface ServerServicesParts {
  readonly workspace: Id
  /** The folder of the server. */
  readonly home: string
  readonly files: HostServices['files']
  readonly environment: EnvironmentSettings
  readonly version: string
  /** The address of its pages, where it is said. */
  readonly publicUrl?: string | null
  /** What the server itself can do at given times for this workspace. */
  readonly scheduleKinds?: HostServices['scheduleKinds']
}

/**
 * Where the proofs of a workspace's log are. One key signs for all workspaces of a server; servers of one database
 * are given the same.
 */
export function serverProofs(home: string, workspace: Id): ProofPaths {
  return {
    signer: join(home, 'log.key'),
    heads: join(home, 'proofs', `${workspace}.jsonl`),
    trusted: join(home, 'proofs', 'trusted.json'),
  }
}

/** What a server gives to the core of a workspace. */
export function serverServices(parts: ServerServicesParts): HostServices {
  const { workspace, home, files, environment, version } = parts
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes))
  return {
    logHeads: openLogHeads(serverProofs(home, workspace)),
    environment,
    random,
    passphrases: argon2Passphrases(random, PASSPHRASE_COST, bestArgon2()),
    keys: null,
    files,
    host: {
      kind: 'backend',
      platform: `${process.platform} ${process.arch}`,
      versions: { quarterdeck: version, node: process.versions.node },
    },
    waits: createWaits(),
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(home)
      return bavail * bsize
    },
    carriers: [],
    web: createWeb(process.env),
    ...(parts.publicUrl ? { publicUrl: parts.publicUrl } : {}),
    scheduleKinds: parts.scheduleKinds ?? [],
  }
}
