import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { SlotKind } from '#shared/core-process-protocol.ts'
import { refuse } from '#shared/errors.ts'
import { sameMac, seal, slotFileMac } from './seal.ts'
import { macText, readSlotFile, type Slot, type SlotFile, writeSlotFile } from './slot-file.ts'
import {
  type KeyServices,
  makeSlot,
  type NewSlot,
  openSlot,
  slotContext,
  type UnlockSecret,
} from './slots.ts'

/** A slot as it may be shown: no secret, no seal. */
export interface SlotInfo {
  readonly id: string
  readonly kind: SlotKind
  readonly label: string
  readonly createdAt: string
  /** For a recovery key: when a person proved that they wrote it down. */
  readonly confirmedAt?: string
}

/** Whether a lost secret can still be made up for. Real data goes in only when this is `confirmed`. */
export type RecoveryState = 'none' | 'unconfirmed' | 'confirmed'

/**
 * The open key slots of a workspace: holds the database key until `close`. Made by `createKeyRing` and
 * `openKeyRing`. Every change is on disk, whole, before its promise resolves; one change at a time.
 */
export class KeyRing {
  readonly #path: string
  readonly #services: KeyServices
  #file: SlotFile
  #key: Buffer
  #next: Buffer | undefined
  #busy: Promise<unknown> = Promise.resolve()
  readonly assurance: SlotKind

  constructor(
    path: string,
    file: SlotFile,
    key: Uint8Array,
    next: Uint8Array | undefined,
    assurance: SlotKind,
    services: KeyServices,
  ) {
    this.#path = path
    this.#file = file
    this.#key = Buffer.from(key)
    this.#next = next && Buffer.from(next)
    this.assurance = assurance
    this.#services = services
  }

  /** The id of the workspace that these slots belong to. */
  get workspace(): string {
    return this.#file.workspace
  }

  /** The 32 bytes that the database is encrypted with. */
  get key(): Uint8Array {
    return Buffer.from(this.#key)
  }

  /** The key that an interrupted rekey was changing to: the database has this one or `key`. */
  get next(): Uint8Array | undefined {
    return this.#next && Buffer.from(this.#next)
  }

  list(): SlotInfo[] {
    return this.#file.slots.map(infoOf)
  }

  recovery(): RecoveryState {
    const slots = this.#file.slots.filter(slot => slot.kind === 'recovery')
    if (slots.length === 0) return 'none'
    return slots.some(slot => slot.confirmedAt !== undefined) ? 'confirmed' : 'unconfirmed'
  }

  /** Adds a slot. For a recovery slot the answer holds the recovery key, this once. */
  add(wanted: NewSlot): Promise<{ slot: SlotInfo; recoveryKey?: string }> {
    return this.#change(async () => {
      const { slot, recoveryKey } = await makeSlot(this.#file.workspace, this.#key, wanted, this.#services)
      const complete = this.#next ? { ...slot, sealedNext: this.#sealTo(slot, this.#next) } : slot
      this.#save({ ...this.#file, slots: [...this.#file.slots, complete] })
      return recoveryKey === undefined ? { slot: infoOf(slot) } : { slot: infoOf(slot), recoveryKey }
    })
  }

  /**
   * Removes a slot, never the last, and never the only one besides recovery keys. Someone who copied the slot
   * file before and knows the secret can still open that copy: `rekey` ends that.
   * @throws Refusal `KEYS_NO_SUCH_SLOT`, `KEYS_LAST_SLOT`
   */
  remove(id: string): Promise<SlotInfo> {
    return this.#change(async () => {
      const slot = this.#slot(id)
      const rest = this.#file.slots.filter(other => other.id !== id)
      if (!rest.some(other => other.kind !== 'recovery'))
        throw refuse(
          'KEYS_LAST_SLOT',
          { id },
          'This is the last slot that opens the workspace in daily use. Add another before you remove it.',
        )
      this.#save({ ...this.#file, slots: rest }, true)
      return infoOf(slot)
    })
  }

  /**
   * Replaces a slot by a new one of the same kind, with another secret, in one write.
   * @throws Refusal `KEYS_NO_SUCH_SLOT` and what the new slot refuses
   */
  rotate(id: string, wanted: NewSlot): Promise<{ slot: SlotInfo; recoveryKey?: string }> {
    return this.#change(async () => {
      const old = this.#slot(id)
      const { slot, recoveryKey } = await makeSlot(this.#file.workspace, this.#key, wanted, this.#services)
      const complete = this.#next ? { ...slot, sealedNext: this.#sealTo(slot, this.#next) } : slot
      const slots = this.#file.slots.map(other => (other.id === old.id ? complete : other))
      this.#save({ ...this.#file, slots }, true)
      return recoveryKey === undefined ? { slot: infoOf(slot) } : { slot: infoOf(slot), recoveryKey }
    })
  }

  /**
   * Records that a person has the recovery key: they typed it again.
   * @throws Refusal `KEYS_RECOVERY_MALFORMED`, `KEYS_WRONG_SECRET`, `KEYS_NO_SUCH_SLOT`
   */
  confirmRecovery(recoveryKey: string): Promise<SlotInfo> {
    return this.#change(async () => {
      const { workspace, slots } = this.#file
      const opened = await openSlot(workspace, slots, { kind: 'recovery', recoveryKey }, this.#services)
      const confirmed = { ...opened.slot, confirmedAt: this.#services.now() }
      this.#save({
        ...this.#file,
        slots: slots.map(slot => (slot.id === confirmed.id ? confirmed : slot)),
      })
      return infoOf(confirmed)
    })
  }

  /**
   * Gives the database a new key and seals it to every slot. Until `change` has resolved both keys are in the
   * slot file, so that a crash at any point leaves a workspace that opens.
   * @param change encrypts the database anew; when it rejects, the old key stays in force
   */
  rekey(change: (from: Uint8Array, to: Uint8Array) => Promise<void>): Promise<void> {
    return this.#change(async () => {
      if (this.#next) throw refuse('KEYS_REKEY_PENDING', {}, 'An earlier change of key is not finished yet.')
      const to = randomBytes(32)
      const slots = this.#file.slots.map(slot => ({ ...slot, sealedNext: this.#sealTo(slot, to) }))
      this.#save({ ...this.#file, slots })
      this.#next = to
      try {
        await change(this.key, Buffer.from(to))
      } catch (error) {
        this.#settle('current')
        throw error
      }
      this.#settle('next')
    })
  }

  /** Ends an interrupted rekey: the opener found out which of the two keys the database has. */
  settleRekey(has: 'current' | 'next'): Promise<void> {
    return this.#change(async () => {
      if (this.#next) this.#settle(has)
    })
  }

  /** Stores what the keychain encrypted anew. */
  rewrap(id: string, wrapped: Uint8Array): Promise<void> {
    return this.#change(async () => {
      const text = Buffer.from(wrapped).toString('base64')
      const slots = this.#file.slots.map(slot => (slot.id === id ? { ...slot, wrapped: text } : slot))
      this.#save({ ...this.#file, slots })
    })
  }

  /** Wipes the keys from memory. */
  close(): void {
    this.#key.fill(0)
    this.#next?.fill(0)
  }

  #settle(has: 'current' | 'next'): void {
    const next = this.#next!
    const slots = this.#file.slots.map(({ sealedNext, ...slot }) => ({
      ...slot,
      sealed: has === 'next' ? sealedNext! : slot.sealed,
    }))
    // Saved first: when that fails, both keys stay in the file and in memory, and the next opening settles it.
    this.#save({ ...this.#file, slots }, true, has === 'next' ? next : this.#key)
    if (has === 'next') {
      this.#key.fill(0)
      this.#key = next
    }
    this.#next = undefined
  }

  #sealTo(slot: Slot, key: Uint8Array) {
    return seal(key, slot.publicKey, slotContext(this.#file.workspace, slot))
  }

  #slot(id: string): Slot {
    const slot = this.#file.slots.find(candidate => candidate.id === id)
    if (!slot) throw refuse('KEYS_NO_SUCH_SLOT', { id }, `There is no key slot ${id}.`)
    return slot
  }

  #save(file: Omit<SlotFile, 'mac'>, forget = false, key = this.#key): void {
    const complete = { ...file, mac: slotFileMac(key, macText(file)) }
    writeSlotFile(this.#path, complete, { forget })
    this.#file = complete
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#busy.then(work)
    this.#busy = result.catch(() => {})
    return result
  }
}

function infoOf(slot: Slot): SlotInfo {
  const { id, kind, label, createdAt, confirmedAt } = slot
  return confirmedAt === undefined
    ? { id, kind, label, createdAt }
    : { id, kind, label, createdAt, confirmedAt }
}

/**
 * Makes the slot file of a new workspace, with a new random database key and its first slot.
 * @throws Refusal `KEYS_FILE_EXISTS` where there is one already, and what the slot refuses
 */
export async function createKeyRing(path: string, first: NewSlot, services: KeyServices): Promise<KeyRing> {
  if (existsSync(path))
    throw refuse('KEYS_FILE_EXISTS', { path }, `There is a key slot file at ${path} already.`)
  const workspace = randomUUID()
  const key = randomBytes(32)
  const { slot } = await makeSlot(workspace, key, first, services)
  const file = {
    format: 'quarterdeck-keys' as const,
    version: 1 as const,
    workspace,
    createdAt: services.now(),
    slots: [slot],
  }
  const complete = { ...file, mac: slotFileMac(key, macText(file)) }
  writeSlotFile(path, complete)
  return new KeyRing(path, complete, key, undefined, first.kind, services)
}

/**
 * Opens the slot file with a secret.
 * @throws Refusal `KEYS_FILE_*` when the slot file is missing, damaged or was altered, `KEYS_NO_SUCH_SLOT`,
 *   `KEYS_WRONG_SECRET`, `KEYS_KEY_FILE_*`, `KEYS_RECOVERY_MALFORMED`, `KEYS_KEYCHAIN_FAILED`; the database and
 *   the slot file are as they were
 */
export async function openKeyRing(
  path: string,
  secret: UnlockSecret,
  services: KeyServices,
): Promise<KeyRing> {
  const { file, fromBackup } = readSlotFile(path)
  const opened = await openSlot(file.workspace, file.slots, secret, services)
  if (!sameMac(file.mac, slotFileMac(opened.key, macText(file))))
    throw refuse(
      'KEYS_FILE_DAMAGED',
      { path, problem: 'altered' },
      `The key slot file ${path} was altered by something else than Quarterdeck. The database is untouched: ` +
        'put the slot file of a backup in its place.',
    )
  const ring = new KeyRing(path, file, opened.key, opened.next, secret.kind, services)
  if (fromBackup) writeSlotFile(path, file)
  if (opened.rewrapped) await ring.rewrap(opened.slot.id, opened.rewrapped)
  return ring
}

/** What a person may be asked for, without opening anything. */
export function listSlots(path: string): SlotInfo[] {
  return readSlotFile(path).file.slots.map(infoOf)
}
