import { promisify } from 'node:util'
import { constants, gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib'

const gzipBytes = promisify(gzip)
const gunzipBytes = promisify(gunzip)
const zstdBytes = promisify(zstdCompress)
const unzstdBytes = promisify(zstdDecompress)

/** Below this many bytes compressing costs more than it saves. */
const SMALL = 1400

/** Compresses an answer by what the other side takes, zstd before gzip. */
export async function compress(
  bytes: Uint8Array,
  accepted: string | undefined,
): Promise<{ bytes: Uint8Array; encoding: 'zstd' | 'gzip' | null }> {
  if (bytes.length < SMALL || accepted === undefined) return { bytes, encoding: null }
  const taken = accepted.split(',').map(one => one.trim().split(';')[0]!.toLowerCase())
  if (taken.includes('zstd'))
    return {
      bytes: await zstdBytes(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
      encoding: 'zstd',
    }
  if (taken.includes('gzip')) return { bytes: await gzipBytes(bytes, { level: 4 }), encoding: 'gzip' }
  return { bytes, encoding: null }
}

/**
 * The bytes of a request, whatever they were compressed with: told by their first bytes, so that it does not
 * matter whether something on the way has taken the compression off already.
 * @param most how many bytes may come out; more is an error, however small they were on the way
 * @throws RangeError `ERR_BUFFER_TOO_LARGE`, and what zlib says of broken bytes
 */
export async function inflate(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const [first, second, third, fourth] = bytes
  if (first === 0x1f && second === 0x8b) return gunzipBytes(bytes, { maxOutputLength: most })
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd)
    return unzstdBytes(bytes, { maxOutputLength: most })
  return bytes
}
