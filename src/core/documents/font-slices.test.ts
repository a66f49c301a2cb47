import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { find, sliceBytes, sliceFile } from './font-files.ts'
import { FACES, sliceFor, slicesOf } from './font-slices.ts'
import { unpackWoff } from './woff.ts'

const { create } = createRequire(import.meta.url)('fontkit') as {
  create(bytes: Uint8Array): { characterSet: number[] }
}

describe('the slices of the faces', () => {
  it('are all there, each in two weights', () => {
    const files = FACES.flatMap(face =>
      slicesOf(face).flatMap(slice =>
        ([400, 700] as const).map(weight => find(face, sliceFile(face, slice, weight), import.meta.url)),
      ),
    )
    expect(files.length).toBeGreaterThan(600)
    expect(files.filter(file => !existsSync(file))).toEqual([])
  })

  it('have a character in both weights or in none, and nearly all that they promise', () => {
    let promised = 0
    let there = 0
    for (const face of FACES) {
      for (const slice of slicesOf(face)) {
        const [regular, bold] = ([400, 700] as const).map(
          weight => new Set(create(sliceBytes(face, slice, weight)).characterSet),
        ) as [Set<number>, Set<number>]
        expect(
          [...regular].filter(code => !bold.has(code)),
          `${face} ${slice}`,
        ).toEqual([])
        expect(bold.size, `${face} ${slice}`).toBe(regular.size)
        // Each slice also has a few letters of others: a space, signs.
        const own = [...regular].filter(code => sliceFor(face, code) === slice)
        expect(own.length, `${face} ${slice}`).toBeGreaterThan(0)
        there += own.length
        promised++
      }
    }
    expect(promised).toBeGreaterThan(300)
    // Han in three shapes, and the syllables of Korean.
    expect(there).toBeGreaterThan(45_000)
  })

  it('are found by a character', () => {
    expect(sliceFor('arabic', 0x634)).toBe('arabic')
    expect(sliceFor('arabic', 0x41)).toBeNull()
    expect(sliceFor('jp', 0x682a)).toMatch(/^\d+$/)
    expect(sliceFor('kr', 0xd55c)).toMatch(/^\d+$/)
    expect(sliceFor('jp', 0x10ffff)).toBeNull()
    expect(sliceFor('thai', 0)).toBeNull()
  })

  it('are unpacked into fonts whose tables are those of the file', () => {
    const path = find('hebrew', sliceFile('hebrew', 'hebrew', 400), import.meta.url)
    const font = unpackWoff(readFileSync(path))
    const tables = font.readUInt16BE(4)
    const named = Array.from({ length: tables }, (_, index) => 12 + index * 16).map(at => ({
      tag: font.toString('latin1', at, at + 4),
      bytes: font.subarray(font.readUInt32BE(at + 8), font.readUInt32BE(at + 8) + font.readUInt32BE(at + 12)),
      checksum: font.readUInt32BE(at + 4),
    }))
    expect(named.map(({ tag }) => tag)).toContain('glyf')
    for (const { tag, bytes, checksum } of named) {
      // The sum of a font's head leaves out the sum of the whole.
      if (tag !== 'head') expect(sumOf(bytes), tag).toBe(checksum)
    }
    expect(() => unpackWoff(Buffer.from('wOF2'.padEnd(60)))).toThrow('not a WOFF file')
    expect(() => unpackWoff(Buffer.from('wOFF'))).toThrow('not a WOFF file')
  })

  it('say when the application came without them', () => {
    expect(() => find('jp', 'no-such-file.woff', 'file:///nowhere/out/main/worker.js')).toThrow(
      'no-such-file.woff is missing near file:///nowhere',
    )
  })
})

/** The sum of 32-bit words, padded with zeros, as a font states it of a table. */
function sumOf(bytes: Buffer): number {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
  let sum = 0
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0
  return sum
}
