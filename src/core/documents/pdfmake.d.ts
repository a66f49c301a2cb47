/** The parts of pdfmake that a document of ours is laid out and written with. The package brings no types. */
declare module 'pdfmake/js/LayoutBuilder.js' {
  export interface Line {
    /** Set by us: the node that the line is of. */
    node?: unknown
    inlines: { text: string; font: { font: { hasGlyphForCodePoint(code: number): boolean } } }[]
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
    buildNextLine(node: unknown): Line | null
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
    /** The page that is being written. */
    readonly page: unknown
    ref(data: Record<string, unknown>): Reference
    struct(type: string, options?: Record<string, unknown>): StructureElement
    addStructure(element: StructureElement): void
    markContent(tag: string, options?: Record<string, unknown>): void
    markStructureContent(tag: string): StructureContent
    endMarkedContent(): void
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
