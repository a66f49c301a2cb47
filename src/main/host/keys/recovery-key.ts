import { createHash } from 'node:crypto'
import { refuse } from '#shared/errors.ts'

/**
 * A recovery key is 128 random bits for a person to write down: seven groups of five characters, of which the
 * fifth checks its group, so that a slip is found in the group where it was made. The alphabet is Crockford's
 * base32 (no I, L, O, U); reading forgives case, spaces, hyphens, and O for 0, I and L for 1.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const GROUPS = 7
const DATA = 4
const WEIGHTS = [1, 3, 5, 7]

/** Writes 16 bytes as a recovery key. */
export function formatRecoveryKey(secret: Uint8Array): string {
  const bits = toBits(secret) + checksum(secret)
  const groups: string[] = []
  for (let group = 0; group < GROUPS; group++) {
    const values: number[] = []
    for (let i = 0; i < DATA; i++) {
      const start = (group * DATA + i) * 5
      values.push(Number.parseInt(bits.slice(start, start + 5), 2))
    }
    groups.push([...values, check(values, group)].map(value => ALPHABET[value]).join(''))
  }
  return groups.join('-')
}

/**
 * Reads a recovery key as a person typed it.
 * @throws Refusal `KEYS_RECOVERY_MALFORMED` with the groups (from 1) that hold a slip, empty when the length
 *   is wrong or groups were mixed
 */
export function parseRecoveryKey(text: string): Uint8Array {
  const characters = text
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  if (characters.length !== GROUPS * (DATA + 1))
    throw malformed([], `A recovery key has ${GROUPS} groups of ${DATA + 1} characters.`)
  const wrong: number[] = []
  let bits = ''
  for (let group = 0; group < GROUPS; group++) {
    const values = [...characters.slice(group * 5, group * 5 + 5)].map(c => ALPHABET.indexOf(c))
    if (values.includes(-1) || check(values.slice(0, DATA), group) !== values[DATA]) wrong.push(group + 1)
    else
      bits += values
        .slice(0, DATA)
        .map(value => value.toString(2).padStart(5, '0'))
        .join('')
  }
  if (wrong.length > 0)
    throw malformed(wrong, `There is a slip in group ${wrong.join(', ')} of the recovery key.`)
  const secret = Buffer.from((bits.slice(0, 128).match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
  if (bits.slice(128) !== checksum(secret))
    throw malformed([], 'The groups of the recovery key do not belong together.')
  return secret
}

function malformed(groups: number[], message: string) {
  return refuse('KEYS_RECOVERY_MALFORMED', { groups }, message)
}

/** Odd weights find every single slip; the group's number finds groups in another order. */
function check(values: readonly number[], group: number): number {
  return values.reduce((sum, value, i) => sum + value * WEIGHTS[i]!, group * 11) % 32
}

function checksum(secret: Uint8Array): string {
  const digest = createHash('sha256').update('quarterdeck recovery 1').update(secret).digest()
  return toBits(digest.subarray(0, 2)).slice(0, GROUPS * DATA * 5 - 128)
}

function toBits(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
}
