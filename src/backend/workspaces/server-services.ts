import { randomBytes } from 'node:crypto'
import type { HostServices } from '#core/features.ts'
import { createWaits } from '#core/runtime/waits.ts'
import { argon2Passphrases } from '#core/workspace/passphrases.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'

const noFiles: HostServices['files'] = {
  find(handle) {
    throw refuse('FILE_UNKNOWN', { handle }, 'This file is not known here (any more).')
  },
  forExport(name) {
    throw refuse('FILE_UNKNOWN', { handle: name }, 'This server has no place for exports.')
  },
  release() {},
}

/** What a server gives to the core of a workspace. */
export function serverServices(environment: EnvironmentSettings, version: string): HostServices {
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes))
  return {
    environment,
    random,
    passphrases: argon2Passphrases(random),
    keys: null,
    files: noFiles,
    host: {
      kind: 'backend',
      platform: `${process.platform} ${process.arch}`,
      versions: { quarterdeck: version, node: process.versions.node },
    },
    waits: createWaits(),
    carriers: [],
  }
}
