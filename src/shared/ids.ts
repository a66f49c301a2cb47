import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** A UUID in its canonical lower-case text form. */
export type Id = string

const HEX = '0123456789abcdef'

function format(bytes: Uint8Array): Id {
  let text = ''
  for (let i = 0; i < 16; i++) {
    const byte = bytes[i]!
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
    text += HEX[byte >> 4]! + HEX[byte & 15]!
  }
  return text
}

/**
 * Builds a UUIDv7 (RFC 9562) from a time and ten random bytes, both passed in.
 * @param at milliseconds since the epoch, which become the first 48 bits, so that ids sort by time
 * @param random at least ten bytes
 */
export function uuidv7(at: number, random: Uint8Array): Id {
  const bytes = new Uint8Array(16)
  let rest = at
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes.set(random.subarray(0, 10), 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return format(bytes)
}

/**
 * The id of the n-th row that a command makes: the command's own time prefix, then a digest of command id
 * and ordinal. A replay of the command anywhere makes the same rows (DESIGN section 4).
 */
export function idFromCommand(commandId: Id, ordinal: number): Id {
  const prefix = commandId.replaceAll('-', '').slice(0, 12)
  const digest = sha256(utf8ToBytes(`${commandId}/${ordinal}`))
  const bytes = new Uint8Array(16)
  for (let i = 0; i < 6; i++) bytes[i] = Number.parseInt(prefix.slice(i * 2, i * 2 + 2), 16)
  bytes.set(digest.subarray(0, 10), 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return format(bytes)
}

/** SHA-256 of a text, as lower-case hexadecimal. */
export function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}
