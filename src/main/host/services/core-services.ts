import { randomBytes } from 'node:crypto'
import { statfsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { HostServices } from '#core/features.ts'
import type { Timer } from '#core/runtime/timer.ts'
import { createWaits } from '#core/runtime/waits.ts'
import { argon2Passphrases, PASSPHRASE_COST } from '#core/workspace/passphrases.ts'
import { createWeb } from '#serving/ask-web.ts'
import type { StagedFiles } from '#serving/files/staged-files.ts'
import { openLogHeads } from '#serving/log-heads.ts'
import { bestArgon2 } from '#serving/native-argon2.ts'
import { parseEnvironment } from '#shared/settings.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { keysPort } from '../keys/keys-port.ts'
import { defaultKeyFile, proofPaths, type WorkspacePaths } from '../workspace/layout.ts'

/** Timers that do not keep the process alive. */
export const timer: Timer = {
  after(milliseconds, call) {
    const timeout = setTimeout(call, milliseconds)
    timeout.unref()
    return () => clearTimeout(timeout)
  },
}

export interface CoreServicesParts {
  readonly ring: KeyRing
  readonly files: StagedFiles
  readonly paths: WorkspacePaths
  readonly kind: HostServices['host']['kind']
  readonly version: string
}

/**
 * The ports of the core on this machine.
 * @throws Refusal `WORKSPACE_ENVIRONMENT_INVALID`, which names every variable that has no meaning
 */
export function coreServices(parts: CoreServicesParts): HostServices {
  const { ring, files, paths, kind, version } = parts
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes))
  const { node, electron, chrome } = process.versions
  return {
    logHeads: openLogHeads(proofPaths(ring.workspace, paths.dir)),
    environment: parseEnvironment(process.env),
    random,
    passphrases: argon2Passphrases(random, PASSPHRASE_COST, bestArgon2()),
    keys: keysPort(ring, files, defaultKeyFile(paths.dir)),
    files,
    host: {
      kind,
      platform: `${process.platform} ${process.arch}`,
      versions: {
        quarterdeck: version,
        node,
        ...(electron === undefined ? {} : { electron }),
        ...(chrome === undefined ? {} : { chrome }),
      },
      logBytes: () =>
        stat(`${paths.database}-wal`).then(
          facts => BigInt(facts.size),
          () => 0n,
        ),
    },
    waits: createWaits(),
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(paths.dir)
      return bavail * bsize
    },
    carriers: [],
    web: createWeb(process.env),
  }
}
