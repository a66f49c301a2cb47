import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readKeyFile, writeKeyFile } from '#serving/files/key-file.ts'
import type { SlotKind } from '#shared/core-process-protocol.ts'
import { refuse } from '#shared/errors.ts'
import type { Keychain } from '#shared/host-entries.ts'
import { checkNewPassphrase, DEFAULT_COST, passphraseSeed } from './passphrase.ts'
import { formatRecoveryKey, parseRecoveryKey } from './recovery-key.ts'
import { seal, slotPublicKey, unseal } from './seal.ts'
import type { Slot } from './slot-file.ts'

/** What a person or this account shows to open the database. */
export type UnlockSecret =
  | { readonly kind: 'keychain' }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key-file'; readonly path: string }
  | { readonly kind: 'recovery'; readonly recoveryKey: string }

/** A slot to make. A key file that does not exist is written. */
export type NewSlot =
  | { readonly kind: 'keychain' }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key-file'; readonly path: string }
  | { readonly kind: 'recovery' }

export interface KeyServices {
  /** The present instant as ISO 8601, for the record of when a slot was made. */
  readonly now: () => string
  readonly keychain?: Keychain | undefined
  /** Less than the default only in tests. */
  readonly passphraseCost?: { memory: number; iterations: number; parallelism: number }
}

/** What a slot's seal is bound to. */
export function slotContext(workspace: string, slot: Pick<Slot, 'id' | 'kind'>): string {
  return `${workspace}|${slot.id}|${slot.kind}`
}

/**
 * Makes a slot that opens to the database key.
 * @returns the slot, and for a recovery slot the recovery key, which is stored nowhere
 */
export async function makeSlot(
  workspace: string,
  databaseKey: Uint8Array,
  wanted: NewSlot,
  services: KeyServices,
): Promise<{ slot: Slot; recoveryKey?: string }> {
  const head = { id: randomUUID(), kind: wanted.kind, createdAt: services.now() }
  const context = slotContext(workspace, head)
  const finish = (seed: Uint8Array, label: string, more: Partial<Slot>): Slot => {
    const publicKey = slotPublicKey(seed, context)
    return { ...head, label, publicKey, sealed: seal(databaseKey, publicKey, context), ...more }
  }
  switch (wanted.kind) {
    case 'passphrase': {
      checkNewPassphrase(wanted.passphrase)
      const salt = randomBytes(16).toString('base64')
      const cost = { algorithm: 'argon2id' as const, salt, ...(services.passphraseCost ?? DEFAULT_COST) }
      const seed = await passphraseSeed(wanted.passphrase, cost)
      return { slot: finish(seed, 'passphrase', { passphrase: cost }) }
    }
    case 'key-file': {
      if (!existsSync(wanted.path)) writeKeyFile(wanted.path, randomBytes(32))
      return { slot: finish(readKeyFile(wanted.path), wanted.path, { keyFile: wanted.path }) }
    }
    case 'keychain': {
      const keychain = await availableKeychain(services)
      const seed = randomBytes(32)
      const wrapped = Buffer.from(await keychain.service.wrap(seed).catch(keychainFailed)).toString('base64')
      return { slot: finish(seed, keychain.backend, { wrapped }) }
    }
    case 'recovery': {
      const secret = randomBytes(16)
      return { slot: finish(secret, 'recovery key', {}), recoveryKey: formatRecoveryKey(secret) }
    }
  }
}

/** A slot that a secret opened. */
export interface OpenedSlot {
  readonly slot: Slot
  readonly key: Uint8Array
  /** The key that a rekey under way changes to. */
  readonly next?: Uint8Array
  /** The slot's seed encrypted anew: the keychain changed its own key. */
  readonly rewrapped?: Uint8Array
}

/**
 * Finds the slot that a secret opens.
 * @throws Refusal `KEYS_NO_SUCH_SLOT` (no slot of this kind), `KEYS_WRONG_SECRET`, and what reading a key file,
 *   a recovery key or the keychain refuses
 */
export async function openSlot(
  workspace: string,
  slots: readonly Slot[],
  secret: UnlockSecret,
  services: KeyServices,
): Promise<OpenedSlot> {
  const candidates = slots.filter(slot => slot.kind === secret.kind)
  if (candidates.length === 0)
    throw refuse('KEYS_NO_SUCH_SLOT', { kind: secret.kind }, `This workspace has no ${nameOf(secret.kind)}.`)
  for (const slot of candidates) {
    const { seed, rewrapped } = await seedOf(slot, secret, services)
    const opened = tryOpen(workspace, slot, seed)
    if (opened) return rewrapped ? { ...opened, rewrapped } : opened
  }
  throw refuse(
    'KEYS_WRONG_SECRET',
    { kind: secret.kind },
    `This ${nameOf(secret.kind)} does not open the workspace. Nothing was changed.`,
  )
}

function tryOpen(workspace: string, slot: Slot, seed: Uint8Array): OpenedSlot | undefined {
  const context = slotContext(workspace, slot)
  const key = unseal(slot.sealed, seed, context)
  if (key === undefined) return undefined
  const next = slot.sealedNext && unseal(slot.sealedNext, seed, context)
  return next ? { slot, key, next } : { slot, key }
}

async function seedOf(
  slot: Slot,
  secret: UnlockSecret,
  services: KeyServices,
): Promise<{ seed: Uint8Array; rewrapped?: Uint8Array | undefined }> {
  switch (secret.kind) {
    case 'passphrase':
      if (slot.passphrase === undefined) throw damaged(slot)
      return { seed: await passphraseSeed(secret.passphrase, slot.passphrase) }
    case 'key-file':
      return { seed: readKeyFile(secret.path) }
    case 'recovery':
      return { seed: parseRecoveryKey(secret.recoveryKey) }
    case 'keychain': {
      if (slot.wrapped === undefined) throw damaged(slot)
      const { service } = await availableKeychain(services)
      const wrapped = Buffer.from(slot.wrapped, 'base64')
      const { key, rewrapped } = await service.unwrap(wrapped).catch(keychainFailed)
      return { seed: key, rewrapped }
    }
  }
}

function damaged(slot: Slot) {
  return refuse('KEYS_FILE_DAMAGED', { slot: slot.id }, `The slot ${slot.id} lacks what its kind needs.`)
}

async function availableKeychain(services: KeyServices): Promise<{ service: Keychain; backend: string }> {
  const service = services.keychain
  const state = await service?.state()
  if (service && state?.available) return { service, backend: state.backend }
  const reason = state && !state.available ? state.reason : 'missing'
  const words = {
    missing: 'The keychain of the operating system is not reachable from here.',
    locked: 'The keychain of the operating system is locked.',
    'plain-text': 'The keychain of this system would store the key in plain text, so it is not used.',
  }[reason]
  throw refuse('KEYS_KEYCHAIN_FAILED', { reason }, words)
}

function keychainFailed(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw refuse('KEYS_KEYCHAIN_FAILED', { reason }, `The keychain of the operating system refused: ${reason}`)
}

export function nameOf(kind: SlotKind): string {
  return {
    keychain: 'keychain slot',
    passphrase: 'passphrase',
    'key-file': 'key file',
    recovery: 'recovery key',
  }[kind]
}
