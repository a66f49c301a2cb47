import { describe, expect, it } from 'vitest'
import { FacedDocument } from './faced-document.ts'
import { createFaces, type Han } from './faces.ts'
import { withFaces } from './node-faces.ts'

function faces() {
  const document = new FacedDocument({}, { autoFirstPage: false, font: null })
  return createFaces((font, code) => document.hasGlyph(font, code))
}

/** Faces and their texts, `Roboto:abc jp:株`, slices of one face as one. */
function cut(text: string, han: Han = 'sc'): string {
  const parts: [string, string][] = []
  for (const run of faces().runsOf(text, han)) {
    const face = run.font.split('/')[0]!
    if (parts.at(-1)?.[0] === face) parts.at(-1)![1] += run.text
    else parts.push([face, run.text])
  }
  return parts.map(part => part.join(':')).join(' | ')
}

describe('the faces of a text', () => {
  it('are the main one wherever it has the characters', () => {
    expect(cut('Müller & Søn Ωmega Привет Tiếng Việt')).toBe('Roboto:Müller & Søn Ωmega Привет Tiếng Việt')
    expect(cut('株式会社 API (1)', 'jp')).toBe('jp:株式会社  | Roboto:API (1)')
  })

  it('are those of each script', () => {
    expect(cut('شركة')).toBe('arabic:شركة')
    expect(cut('नीलगिरी')).toBe('devanagari:नीलगिरी')
    expect(cut('שלום')).toBe('hebrew:שלום')
    expect(cut('บริษัท').replaceAll('\u200b', '')).toBe('thai:บริษัท')
    expect(cut('한여울')).toBe('kr:한여울')
  })

  it('of Han characters follow the letters beside them, then who is meant, then are Chinese', () => {
    expect(cut('直角')).toBe('sc:直角')
    expect(cut('直角', 'jp')).toBe('jp:直角')
    expect(cut('直角', 'kr')).toBe('kr:直角')
    expect(cut('直角のこと', 'kr')).toBe('jp:直角のこと')
    expect(cut('直角 한', 'jp')).toBe('kr:直角 한')
    expect(cut('長青電子股份有限公司')).toBe('sc:長青電子股份有限公司')
    // A character that one of them lacks is taken from another.
    expect(cut('电', 'jp')).toBe('sc:电')
  })

  it('have letters that are composed, but leave the chosen shape of a Han character', () => {
    expect(cut('e\u0301')).toBe('Roboto:é')
    expect(cut('\u1112\u1161\u11ab')).toBe('kr:한')
    expect(cut('\ufa19\u4eba', 'jp')).toBe('jp:\ufa19\u4eba')
  })

  it('have a sign where no face has the character, with what it stands for', () => {
    const all = faces()
    expect(all.runsOf('a 👩‍👧 b', 'sc')).toEqual([
      { text: 'a ', font: 'Roboto' },
      { text: '\ufffd', font: 'Roboto', actual: '👩‍👧' },
      { text: ' b', font: 'Roboto' },
    ])
    expect([...all.missing]).toEqual(['👩', '👧'])
    expect(all.runsOf('\ud800x', 'sc')[0]).toMatchObject({ text: '\ufffd' })
  })

  it('are not asked for signs without a shape', () => {
    expect(cut('a\u200e\u00ad\u0007b')).toBe('Roboto:ab')
    expect(cut('a\tb\u2028c\r\nd')).toBe('Roboto:a b\nc\nd')
    expect(cut('\u200d')).toBe('')
    // A joiner decides over the shape of the letters beside it.
    expect(cut('نیم\u200cفاصله')).toBe('arabic:نیم\u200cفاصله')
  })

  it('cut a text where its direction changes', () => {
    expect(
      faces()
        .runsOf('a שרה 1', 'sc')
        .map(({ text, bidiLevel }) => [text, bidiLevel]),
    ).toEqual([
      ['a ', 0],
      ['שרה ', 1],
      ['1', 2],
    ])
  })
})

describe('the texts of a definition', () => {
  const plain = { style: 'x', text: 'Acme' }

  it('stay as they are where the main face suffices', () => {
    const node = { columns: [plain, { stack: ['a', { text: ['b', { text: 'c', style: 'y' }] }] }] }
    expect(withFaces(node, faces(), 'sc')).toEqual({
      columns: [plain, { stack: [{ text: 'a' }, { text: ['b', { text: 'c', style: 'y' }] }] }],
    })
    expect(withFaces(null, faces(), 'sc')).toBeNull()
    expect(withFaces({ table: { body: [[{ text: 3 }]], widths: ['*'] } }, faces(), 'sc')).toEqual({
      table: { body: [[{ text: 3 }]], widths: ['*'] },
    })
  })

  it('are cut, with their style, and in the shapes that the nearest node asks for', () => {
    const fonts = (node: unknown) => JSON.stringify(withFaces(node, faces(), 'sc')).match(/"font":"[a-z]+/g)
    expect(fonts({ han: 'jp', stack: [{ text: '直' }, { han: 'kr', text: '直' }] })).toEqual([
      '"font":"jp',
      '"font":"kr',
    ])
    expect(withFaces({ text: [{ text: 'a 한', style: 'y' }] }, faces(), 'sc')).toMatchObject({
      text: [
        { text: 'a ', style: 'y' },
        { text: '한', style: 'y' },
      ],
    })
    expect(fonts({ text: [{ text: '直', han: 'jp' }] })).toEqual(['"font":"jp'])
  })

  it('say what they read as where they are written backwards', () => {
    const node = { text: ['שלום', '\n', { text: 'below' }] }
    expect(withFaces(node, faces(), 'sc')).toMatchObject({ reads: 'שלום\nbelow' })
  })
})
