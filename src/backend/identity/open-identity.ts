import { randomBytes } from 'node:crypto'
import type { Log } from '#core/create-core.ts'
import { openPostgresStore, type PostgresSource } from '#core/database/postgres-store.ts'
import { argon2Passphrases, PASSPHRASE_COST } from '#core/workspace/passphrases.ts'
import { bestArgon2 } from '#serving/native-argon2.ts'
import { uuidv7 } from '#shared/ids.ts'
import type { BackendConfig } from '../config.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { createIdentity, type Identity } from './create-identity.ts'
import { createSealer, readServerKey } from './server-key.ts'

export interface OpenIdentityParts {
  readonly config: Pick<BackendConfig, 'home' | 'publicUrl' | 'oidc' | 'identityKey'>
  readonly source: PostgresSource
  readonly workspaces: Workspaces
  readonly log: Log
}

/**
 * Sign-in of this server, over its database.
 * @throws ServerKeyInvalid
 */
export function openIdentity({ config, source, workspaces, log }: OpenIdentityParts): Identity {
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes))
  return createIdentity({
    store: openPostgresStore(source),
    workspaces,
    passphrases: argon2Passphrases(random, PASSPHRASE_COST, bestArgon2()),
    random,
    newId: () => uuidv7(Date.now(), randomBytes(10)),
    now: () => BigInt(Date.now()),
    sealer: createSealer(readServerKey(config.home, config.identityKey)),
    log,
    publicUrl: config.publicUrl,
    provider: config.oidc,
  })
}
