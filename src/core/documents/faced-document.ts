import type { Font } from 'pdfmake/js/PDFDocument.js'
import { documentFonts } from './document-fonts.ts'
import { MAIN_FACE, sliceOfFont } from './faces.ts'
import { sliceBytes } from './font-files.ts'
import type { Face } from './font-slices.ts'
import { codeByLetters } from './glyph-codes.ts'
import { PdfDocument } from './pdfmake-parts.ts'

/** Scripts whose signs stand above each other, and so reach higher and lower than the letters of the main face: their lines are taller. */
const TALL: readonly Face[] = ['devanagari', 'thai']

/**
 * What the library read of a font's tables, by the bytes of the font. It reads them when they are asked for and
 * changes none of them, so that the next document goes on with what one before it read: reading them anew took half
 * of the time of an invoice.
 */
const read = new WeakMap<Buffer, object>()

/** A document whose fonts are the main face and every slice that a text asks for, opened when it does. */
export class FacedDocument extends PdfDocument {
  readonly #opened = new Map<string, Font>()
  #actual: string | null = null

  constructor(images: Record<string, string>, options: Record<string, unknown>) {
    super(documentFonts(), images, {}, {}, options, null, () => false)
  }

  /** Whether a font has a character. Bold slices have the same ones. */
  hasGlyph(font: string, codePoint: number): boolean {
    return this.provideFont(font, false, false).font.hasGlyphForCodePoint(codePoint)
  }

  /** What is drawn meanwhile is read as `actual`. */
  reading(actual: string, draw: () => void): void {
    this.#actual = actual
    draw()
    this.#actual = null
  }

  /** Inside of what moves the coordinates, or readers look for the text elsewhere. */
  override addContent(operators: string): this {
    if (this.#actual === null) return super.addContent(operators)
    if (operators === 'BT') {
      const actual = this.#actual
      this.#actual = null
      this.markContent('Span', { actual })
      this.#actual = actual
    }
    super.addContent(operators)
    if (operators === 'ET') {
      this.#actual = null
      this.endMarkedContent()
    }
    return this
  }

  /** The library writes names into XML as they are. */
  override _addInfo(): void {
    const { info } = this
    const escaped = Object.entries(info).map(([name, value]) => [
      name,
      typeof value === 'string' ? xml(value) : value,
    ])
    this.info = Object.fromEntries(escaped)
    super._addInfo()
    this.info = info
  }

  override font(bytes: Buffer): this {
    super.font(bytes)
    const { font } = this._font
    const tables = read.get(bytes)
    if (tables) font._tables = tables
    else read.set(bytes, font._tables)
    return this
  }

  override provideFont(family: string, bold: boolean, italics: boolean): Font {
    const slice = sliceOfFont(family)
    if (!slice) return super.provideFont(family, bold, italics)
    const name = `${family}/${bold}`
    const known = this.#opened.get(name)
    if (known) return known
    const font = this.font(sliceBytes(slice.face, slice.slice, bold ? 700 : 400))._font
    // The slices of a face carry one name, and by it the library would take each for the first.
    delete this._fontFamilies[font.name]
    this._fontFamilies[font.id] = font
    if (!TALL.includes(slice.face)) {
      const { ascender, descender, lineGap } = super.provideFont(MAIN_FACE, bold, false)
      Object.assign(font, { ascender, descender, lineGap })
    }
    codeByLetters(font, slice.face === 'arabic' || slice.face === 'hebrew')
    this.#opened.set(name, font)
    return font
  }
}

/** A text as XML may hold it: control characters cannot stand in it at all. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`)
}
