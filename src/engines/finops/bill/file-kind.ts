/** What the first bytes of a file say: that it is no CSV at all, or how its text is encoded. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** Files that people drop by mistake. */
export type NotCsv = 'empty' | 'gzip' | 'zip' | 'parquet' | 'pdf' | 'json' | 'html' | 'binary'

export type FileKind =
  | { csv: false; kind: NotCsv }
  | { csv: true; encoding: Encoding; bomBytes: number; certain: boolean }

const startsWith = (head: Uint8Array, ...bytes: number[]) => bytes.every((byte, i) => head[i] === byte)

function isUtf8(head: Uint8Array): boolean {
  // The head may end in the middle of a character: `stream` lets that pass.
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

/** UTF-16 without a mark shows as zeros in every second byte. */
function zerosAt(head: Uint8Array, parity: number): number {
  let zeros = 0
  const length = Math.min(head.length, 4096)
  for (let i = parity; i < length; i += 2) if (head[i] === 0) zeros++
  return zeros / Math.max(1, length / 2)
}

function unmarked(head: Uint8Array): FileKind {
  const [even, odd] = [zerosAt(head, 0), zerosAt(head, 1)]
  if (odd > 0.4 && even < 0.05) return { csv: true, encoding: 'utf-16le', bomBytes: 0, certain: false }
  if (even > 0.4 && odd < 0.05) return { csv: true, encoding: 'utf-16be', bomBytes: 0, certain: false }
  if (even + odd > 0.1) return { csv: false, kind: 'binary' }
  if (isUtf8(head)) return { csv: true, encoding: 'utf-8', bomBytes: 0, certain: true }
  return { csv: true, encoding: 'windows-1252', bomBytes: 0, certain: false }
}

/** Looks at the head of a file. A head of 64 KiB is enough; `certain` is false where the encoding is a guess. */
export function fileKind(head: Uint8Array): FileKind {
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return { csv: true, encoding: 'utf-8', bomBytes: 3, certain: true }
  if (startsWith(head, 0xff, 0xfe)) return { csv: true, encoding: 'utf-16le', bomBytes: 2, certain: true }
  if (startsWith(head, 0xfe, 0xff)) return { csv: true, encoding: 'utf-16be', bomBytes: 2, certain: true }
  if (startsWith(head, 0x1f, 0x8b)) return { csv: false, kind: 'gzip' }
  if (startsWith(head, 0x50, 0x4b, 3, 4)) return { csv: false, kind: 'zip' }
  if (startsWith(head, 0x50, 0x41, 0x52, 0x31)) return { csv: false, kind: 'parquet' }
  if (startsWith(head, 0x25, 0x50, 0x44, 0x46)) return { csv: false, kind: 'pdf' }
  const first = head.find(byte => byte > 32)
  if (first === undefined) return { csv: false, kind: head.includes(0) ? 'binary' : 'empty' }
  if (first === 0x7b || first === 0x5b) return { csv: false, kind: 'json' }
  if (first === 0x3c) return { csv: false, kind: 'html' }
  return unmarked(head)
}

/** Turns chunks of a file into chunks of UTF-8, without the mark at its start. */
export type ByteDecoder = { push(chunk: Uint8Array): Uint8Array; end(): Uint8Array }

export function createByteDecoder(encoding: Encoding, bomBytes: number): ByteDecoder {
  if (encoding === 'utf-8') {
    let skip = bomBytes
    return {
      push(chunk) {
        const rest = chunk.subarray(Math.min(skip, chunk.length))
        skip -= chunk.length - rest.length
        return rest
      },
      end: () => new Uint8Array(0),
    }
  }
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  return {
    push: chunk => encoder.encode(decoder.decode(chunk, { stream: true })),
    end: () => encoder.encode(decoder.decode()),
  }
}
