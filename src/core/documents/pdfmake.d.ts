/** The parts of pdfmake that a document of ours is laid out and written with. The package brings no types. */
declare module 'pdfmake/js/LayoutBuilder.js' {
  import type { Font } from 'pdfmake/js/PDFDocument.js'
  /** A piece of a line in one style. */
  export interface Inline {
    text: string
    /** From the left of the line, in points. */
    x: number
    width: number
    readonly font: Font
    readonly fontSize: number
    readonly fontFeatures: unknown
    readonly characterSpacing: number
    readonly color: unknown
    readonly opacity: number
    readonly decoration: unknown
    readonly background: unknown
    readonly link: unknown
    readonly sup: boolean
    readonly sub: boolean
    readonly _pageNodeRef?: unknown
    /** Set by us: the level of the bidirectional algorithm. */
    readonly bidiLevel?: number
    /** Set by us: what is read, where it is not what is drawn. */
    actual?: string
  }
  export interface Line {
    /** Set by us: the node that the line is of. */
    node?: unknown
    inlines: Inline[]
    inlineWidths: number
    getHeight(): number
    getAscenderHeight(): number
    clone(): Line
  }
  export class LayoutBuilder {
    constructor(
      pageSize: { width: number; height: number },
      margins: { left: number; right: number; top: number; bottom: number },
      svgMeasure: null,
    )
    registerTableLayouts(layouts: Record<string, unknown>): void
    layoutDocument(
      content: unknown,
      document: unknown,
      styles: Record<string, unknown>,
      defaultStyle: Record<string, unknown>,
      background: unknown,
      header: unknown,
      footer: unknown,
      watermark: unknown,
      pageBreakBefore: unknown,
    ): unknown[]
    buildNextLine(node: { _inlines: Inline[] }): Line | null
  }
  const module: typeof LayoutBuilder | { readonly default: typeof LayoutBuilder }
  export default module
}

declare module 'pdfmake/js/Renderer.js' {
  import type { Line } from 'pdfmake/js/LayoutBuilder.js'
  import type { PdfDocument } from 'pdfmake/js/PDFDocument.js'
  export class Renderer {
    constructor(document: PdfDocument)
    readonly pdfDocument: PdfDocument
    renderPages(pages: unknown[]): void
    renderLine(line: Line, x: number, y: number): void
    renderVector(vector: unknown): void
    renderImage(image: unknown): void
    renderWatermark(page: unknown): void
  }
  const module: typeof Renderer | { readonly default: typeof Renderer }
  export default module
}

declare module 'pdfmake/js/PDFDocument.js' {
  import type { Readable } from 'node:stream'
  export interface StructureElement {
    add(child: StructureElement | StructureContent): StructureElement
    end(): void
  }
  export type StructureContent = { readonly content: never }
  export interface Reference {
    readonly data: Record<string, unknown>
    write(bytes: Uint8Array): void
    end(): void
  }
  export interface Glyph {
    readonly id: number
    /** What it was made of; empty for a part of a letter that another glyph stands for. */
    readonly codePoints: readonly number[]
    readonly advanceWidth: number
    readonly bbox: {
      readonly minX: number
      readonly minY: number
      readonly maxX: number
      readonly maxY: number
    }
  }
  /** In thousandths of the font's size. */
  export interface GlyphPosition {
    xAdvance: number
    readonly xOffset: number
    readonly yOffset: number
    /** Of the glyph itself, without kerning. */
    advanceWidth: number
  }
  /** The glyphs to embed; a place among them is a code in the document. */
  export interface Subset {
    readonly glyphs: number[]
    includeGlyph(glyph: number): number
    /** Writes a glyph's outline, while the subset is encoded. */
    _addGlyph(glyph: number): number
    readonly glyf: Uint8Array[]
    readonly loca: { readonly offsets: number[] }
    readonly hmtx: { readonly metrics: { advance: number; bearing: number }[] }
    offset: number
    /** The font of these glyphs. */
    encode(): Uint8Array
  }
  /** An opened font; what it draws is embedded. */
  export interface Font {
    readonly id: string
    readonly name: string
    readonly font: {
      hasGlyphForCodePoint(code: number): boolean
      getGlyph(id: number, codePoints?: readonly number[]): Glyph
      /** The tables that were read so far, by name. */
      _tables: object
    }
    /** In thousandths of the font's size. */
    ascender: number
    descender: number
    lineGap: number
    widthOfString(text: string, size: number, features: unknown): number
    /** From the font's units to thousandths. */
    readonly scale: number
    readonly subset: Subset
    /** By code: what it reads as, and how wide it is. */
    readonly unicode: (readonly number[])[]
    readonly widths: number[]
    layout(
      text: string,
      features: unknown,
    ): {
      readonly glyphs: readonly Glyph[]
      readonly positions: readonly GlyphPosition[]
    }
    /** The codes of a text in hexadecimal, and where they are drawn. */
    encode(text: string, features: unknown): [codes: string[], positions: readonly GlyphPosition[]]
  }
  export class PdfDocument extends Readable {
    constructor(
      fonts: Record<string, Record<string, Buffer>>,
      images: Record<string, string>,
      patterns: object,
      attachments: object,
      options: Record<string, unknown>,
      virtualFileSystem: null,
      mayRead: (path: string) => boolean,
    )
    readonly _root: Reference
    info: Record<string, unknown>
    /** Writes `info` into the document's metadata, which are XML. */
    _addInfo(): void
    /** The page that is being written. */
    readonly page: unknown
    ref(data: Record<string, unknown>): Reference
    /** Opens a font, and makes it the present one. */
    font(bytes: Buffer): this
    _font: Font
    /** Opened fonts, by name or by what they were opened as; all of them are written at the end. */
    readonly _fontFamilies: Record<string, Font>
    /** Writes operators into the page. */
    addContent(operators: string): this
    provideFont(family: string, bold: boolean, italics: boolean): Font
    struct(type: string, options?: Record<string, unknown>): StructureElement
    addStructure(element: StructureElement): void
    markContent(tag: string, options?: Record<string, unknown>): void
    markStructureContent(tag: string): StructureContent
    endMarkedContent(): void
    /** Embeds a file. */
    file(bytes: Buffer, options: Record<string, unknown>): unknown
    /** Adds descriptions to the document's metadata, which are XML. */
    appendXML(xml: string): void
    end(): void
  }
  const module: typeof PdfDocument | { readonly default: typeof PdfDocument }
  export default module
}

declare module 'pdfmake/js/tableLayouts.js' {
  const module: { tableLayouts: Record<string, unknown> }
  export default module
}

declare module 'pdfmake/build/fonts/Roboto.js' {
  const fonts: { vfs: Record<string, { data: string; encoding: 'base64' }> }
  export default fonts
}
