import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Face } from './font-slices.ts'
import { unpackWoff } from './woff.ts'

/** Regular and bold. */
export type Weight = 400 | 700

/**
 * Unpacked slices that are kept for the next document, the least recently used go first: about 100 kB each, and
 * an invoice in Japanese uses about ten.
 */
const KEPT = 64

const unpacked = new Map<string, Buffer>()

/** The name of a slice's file, the same in its package and in a build. */
export function sliceFile(face: Face, slice: string, weight: Weight): string {
  return `noto-sans-${face}-${slice}-${weight}-normal.woff`
}

/**
 * A slice of a face as a TrueType font.
 * @throws Error when the application came without its fonts
 */
export function sliceBytes(face: Face, slice: string, weight: Weight): Buffer {
  const name = sliceFile(face, slice, weight)
  const known = unpacked.get(name)
  const bytes = known ?? unpackWoff(readFileSync(find(face, name, import.meta.url)))
  unpacked.delete(name)
  unpacked.set(name, bytes)
  if (unpacked.size > KEPT) unpacked.delete(unpacked.keys().next().value!)
  return bytes
}

/**
 * Beside the sources the files are in their packages. In a build they are in `out/main/fonts`, and who asks is an
 * entry, a chunk of it, or a chunk of a neighbour.
 * @param from the URL of the module that asks
 */
export function find(face: Face, name: string, from: string): string {
  const candidates = from.endsWith('.ts')
    ? [`../../../node_modules/@fontsource/noto-sans-${face}/files/`]
    : ['./fonts/', '../fonts/', '../main/fonts/', '../../main/fonts/']
  for (const candidate of candidates) {
    const path = fileURLToPath(new URL(candidate + name, from))
    if (existsSync(path)) return path
  }
  throw new Error(`The font ${name} is missing near ${from}`)
}
