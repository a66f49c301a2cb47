import type { Narrow } from './column.ts'

/** A copy of the codes in the narrowest array that holds `max`. */
export function narrowCodes(codes: ArrayLike<number>, max: number): Narrow {
  if (max <= 0xff) return Uint8Array.from(codes)
  if (max <= 0xffff) return Uint16Array.from(codes)
  return Uint32Array.from(codes)
}
