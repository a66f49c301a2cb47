import type { Inline, Line } from 'pdfmake/js/LayoutBuilder.js'
import { describe, expect, it } from 'vitest'
import { arrangeLine, mendCut } from './line-order.ts'

/** A font in which every unit is one wide. */
const font = { widthOfString: (text: string) => text.length } as unknown as Inline['font']
const other = { ...font }

/** Pieces of a line, side by side in order of reading. */
function lineOf(...pieces: (Partial<Inline> & { text: string })[]): Line {
  let x = 0
  const inlines = pieces.map(piece => {
    const inline = { font, fontSize: 9, characterSpacing: 0, x, width: piece.text.length, ...piece } as Inline
    x += inline.width
    return inline
  })
  return { inlines, inlineWidths: x } as Line
}

/** `text@x`, in order of writing. */
function arranged(...pieces: (Partial<Inline> & { text: string })[]): string[] {
  const line = lineOf(...pieces)
  arrangeLine(line)
  return line.inlines.map(({ text, x }) => `${text}@${x}`)
}

describe('a line', () => {
  it('is one piece where it is in one style', () => {
    expect(arranged({ text: 'ab ' }, { text: 'cd' })).toEqual(['ab cd@0'])
    expect(arranged({ text: 'ab ' }, { text: 'cd', font: other }, { text: 'e' })).toEqual([
      'ab @0',
      'cd@3',
      'e@5',
    ])
    expect(arranged({ text: 'a' }, { text: 'b', color: 'red' })).toEqual(['a@0', 'b@1'])
    expect(arranged({ text: 'a' }, { text: '\ufffd', actual: '😀' }, { text: 'b' })).toEqual([
      'a@0',
      '\ufffd@1',
      'b@2',
    ])
  })

  it('is written in order of reading and seen in order of direction', () => {
    const rtl = { bidiLevel: 1 }
    expect(arranged({ text: 'אב ', ...rtl }, { text: 'גד', ...rtl })).toEqual(['אב@3', ' @2', 'גד@0'])
    expect(
      arranged(
        { text: 'a ', bidiLevel: 0 },
        { text: 'אב ', ...rtl },
        { text: '12', bidiLevel: 2 },
        { text: ' b', bidiLevel: 0 },
      ),
    ).toEqual(['a @0', 'אב@5', ' @4', '12@2', ' b@7'])
  })

  it('has the space at its end on its right', () => {
    expect(arranged({ text: 'אב גד ', bidiLevel: 1 })).toEqual(['אב@3', ' @2', 'גד@0', ' @5'])
  })

  it('turns brackets with the words in them', () => {
    expect(arranged({ text: '(אב)', bidiLevel: 1 })).toEqual([')אב(@0'])
  })

  it('says how it reads where signs are drawn in another order', () => {
    const line = lineOf({ text: 'हिन्दी ' }, { text: 'क' }, { text: 'น้ำ\u200bกิน', font: other })
    arrangeLine(line)
    expect(line.inlines.map(({ actual }) => actual)).toEqual(['हिन्दी क', 'น้ำกิน'])
    expect(line.inlines[1]!.text).toBe('น\u0e4d้า\u200bกิน')
  })
})

describe('a word that is longer than its line', () => {
  function mended(kept: string, next: string): [string, string, number] {
    const line = lineOf({ text: kept })
    const rest = lineOf({ text: next }).inlines
    mendCut(line, rest)
    return [line.inlines[0]!.text, rest[0]!.text, line.inlineWidths]
  }

  it('is cut between characters', () => {
    expect(mended('ab\ud83d', '\ude00c')).toEqual(['ab', '😀c', 2])
    expect(mended('กน', '้ำ')).toEqual(['ก', 'น้ำ', 1])
    expect(mended('ab', 'cd')).toEqual(['ab', 'cd', 2])
  })

  it('is cut anywhere when a line is too short for one character', () => {
    expect(mended('\ud83d', '\ude00')).toEqual(['\ud83d', '\ude00', 1])
    mendCut(lineOf(), [])
  })
})
