import type { Inline, Line } from 'pdfmake/js/LayoutBuilder.js'
import type { PdfDocument as Document, StructureElement } from 'pdfmake/js/PDFDocument.js'
import tableLayouts from 'pdfmake/js/tableLayouts.js'
import { FacedDocument } from './faced-document.ts'
import { createFaces, type Han } from './faces.ts'
import { arrangeLine, mendCut } from './line-order.ts'
import { withFaces } from './node-faces.ts'
import { LayoutBuilder, Renderer } from './pdfmake-parts.ts'
import { srgbProfile } from './srgb-profile.ts'

/** What a text is, for those who read the document with a machine: set as `tag` on a node of pdfmake. */
export type Tag =
  | { readonly role: 'H1' | 'H2' | 'P' }
  /** A cell of a table, by the table's name and the cell's place in it. */
  | { readonly role: 'TH' | 'TD'; readonly table: string; readonly row: number; readonly cell: number }

/**
 * A document in the words of pdfmake, whose texts carry tags. A node may say `han`, which shapes the Han characters
 * in it take.
 */
export interface DocumentDefinition {
  readonly title: string
  readonly author: string
  readonly subject: string
  /** BCP 47. */
  readonly language: string
  /** The shapes of Han characters where neither a node nor a text says them. */
  readonly han: Han
  /** The date of the document: the same one gives the same bytes. */
  readonly createdAt: Date
  readonly content: unknown
  readonly footer: (page: number, pages: number) => unknown
  readonly watermark?: { text: string; color: string; opacity: number; bold: boolean; fontSize: number }
  readonly styles: Record<string, unknown>
  readonly defaultStyle: Record<string, unknown>
  /** By name: data addresses of PNG or JPEG. */
  readonly images: Record<string, string>
  readonly layouts: Record<string, unknown>
  /** A file that the document carries: another form of what it says. */
  readonly attachment?: Attachment
}

export interface Attachment {
  readonly fileName: string
  readonly mediaType: string
  readonly description: string
  readonly bytes: Uint8Array
  /** What the metadata say of it: a description in RDF. */
  readonly metadata: string
}

export interface WrittenPdf {
  readonly bytes: Uint8Array
  /** Characters of the document that no face has: `\ufffd` stands for each. */
  readonly missing: readonly string[]
}

/** A4 in points. */
const PAGE = { width: 595.28, height: 841.89 }
const MARGINS = { left: 48, right: 48, top: 48, bottom: 64 }

/** Remembers of which node a line is, so that it can be tagged when it is written, and puts its pieces in place. */
class TaggingLayout extends LayoutBuilder {
  override buildNextLine(node: { _inlines: Inline[] }): Line | null {
    const line = super.buildNextLine(node)
    if (!line) return null
    line.node = node
    mendCut(line, node._inlines)
    arrangeLine(line)
    return line
  }
}

/** Writes lines as marked content of a structure tree, and everything that is only there to be seen as artifacts. */
class TaggingRenderer extends Renderer {
  readonly #document: FacedDocument
  readonly #root: StructureElement
  readonly #leaves = new Map<unknown, { element: StructureElement; page: unknown }>()
  readonly #parts = new Map<string, StructureElement>()

  constructor(document: FacedDocument) {
    super(document)
    this.#document = document
    this.#root = document.struct('Document')
    document.addStructure(this.#root)
  }

  override renderLine(line: Line, x: number, y: number): void {
    const { tag, reads } = (line.node ?? {}) as { tag?: Tag; reads?: string }
    const known = this.#leaves.get(line.node)
    // Without a tag: the footer. A header that is repeated on a later page was tagged on the first.
    const repeated = tag?.role === 'TH' && known !== undefined && known.page !== this.pdfDocument.page
    if (!tag || repeated) {
      this.#artifact('Pagination', () => this.#renderPieces(line, x, y))
      return
    }
    const leaf = known?.element ?? this.#leafOf(line.node, tag, reads)
    leaf.add(this.pdfDocument.markStructureContent(tag.role))
    this.#renderPieces(line, x, y)
    this.pdfDocument.endMarkedContent()
  }

  override renderVector(vector: unknown): void {
    this.#artifact('Layout', () => super.renderVector(vector))
  }

  override renderImage(image: unknown): void {
    this.#artifact('Layout', () => super.renderImage(image))
  }

  override renderWatermark(page: unknown): void {
    this.#artifact('Background', () => super.renderWatermark(page))
  }

  finish(): void {
    this.#root.end()
  }

  #artifact(type: string, render: () => void): void {
    this.pdfDocument.markContent('Artifact', { type })
    render()
    this.pdfDocument.endMarkedContent()
  }

  /** Pieces that are read otherwise than they are drawn say so, each for itself. */
  #renderPieces(line: Line, x: number, y: number): void {
    if (line.inlines.every(({ actual }) => actual === undefined)) {
      super.renderLine(line, x, y)
      return
    }
    const height = line.getHeight()
    const ascender = line.getAscenderHeight()
    for (const inline of line.inlines) {
      const piece = Object.assign(line.clone(), {
        inlines: [inline],
        getHeight: () => height,
        getAscenderHeight: () => ascender,
      })
      if (inline.actual === undefined) super.renderLine(piece, x, y)
      else this.#document.reading(inline.actual, () => super.renderLine(piece, x, y))
    }
  }

  #leafOf(node: unknown, tag: Tag, reads: string | undefined): StructureElement {
    const scope = tag.role === 'TH' ? { scope: 'Column' } : {}
    const leaf = this.pdfDocument.struct(tag.role, {
      ...scope,
      ...(reads === undefined ? {} : { actual: reads }),
    })
    const parent =
      tag.role === 'TH' || tag.role === 'TD'
        ? this.#part(`${tag.table}/${tag.row}`, 'TR', () => this.#part(tag.table, 'Table', () => this.#root))
        : this.#root
    parent.add(leaf)
    this.#leaves.set(node, { element: leaf, page: this.pdfDocument.page })
    return leaf
  }

  #part(name: string, role: string, parent: () => StructureElement): StructureElement {
    const known = this.#parts.get(name)
    if (known) return known
    const part = this.pdfDocument.struct(role)
    parent().add(part)
    this.#parts.set(name, part)
    return part
  }
}

/**
 * Makes the bytes of a PDF: embedded fonts, a structure tree, and what PDF/A-3b asks for (profile of the colours,
 * metadata, no reference to anything outside). The same definition gives the same bytes.
 * @throws Error when the definition is not one that pdfmake understands, or an image is broken
 */
export async function writePdf(definition: DocumentDefinition): Promise<WrittenPdf> {
  const document = new FacedDocument(definition.images, {
    size: [PAGE.width, PAGE.height],
    pdfVersion: '1.7',
    subset: 'PDF/A-3b',
    tagged: true,
    displayTitle: true,
    compress: true,
    lang: definition.language,
    fontLayoutCache: true,
    bufferPages: false,
    autoFirstPage: false,
    font: null,
    info: {
      Title: definition.title,
      Author: definition.author,
      Subject: definition.subject,
      Producer: 'Quarterdeck',
      Creator: 'Quarterdeck',
      CreationDate: definition.createdAt,
      ModDate: definition.createdAt,
    },
  })
  if (definition.attachment) attach(document, definition.attachment, definition.createdAt)
  const faces = createFaces((font, codePoint) => document.hasGlyph(font, codePoint))
  const faced = (node: unknown) => withFaces(node, faces, definition.han)
  // The library looks for its profile in a file beside its own code, which a bundle does not have.
  Object.assign(document, { _addColorOutputIntent: () => addOutputIntent(document) })

  const chunks: Uint8Array[] = []
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    document.on('end', resolve)
    document.on('error', reject)
  })
  const layout = new TaggingLayout(PAGE, MARGINS, null)
  layout.registerTableLayouts(tableLayouts.tableLayouts)
  layout.registerTableLayouts(definition.layouts)
  const pages = layout.layoutDocument(
    faced(definition.content),
    document,
    definition.styles,
    definition.defaultStyle,
    undefined,
    undefined,
    (page: number, count: number) => faced(definition.footer(page, count)),
    definition.watermark,
    undefined,
  )
  const writer = new TaggingRenderer(document)
  writer.renderPages(pages)
  writer.finish()
  document.end()
  await ended
  return { bytes: Buffer.concat(chunks), missing: [...faces.missing] }
}

/** As PDF/A-3 asks for: with its type, its date, and how it relates to the document. */
function attach(document: FacedDocument, attachment: Attachment, createdAt: Date): void {
  document.file(Buffer.from(attachment.bytes), {
    ...{ name: attachment.fileName, type: attachment.mediaType, description: attachment.description },
    ...{ relationship: 'Alternative', creationDate: createdAt, modifiedDate: createdAt },
  })
  document.appendXML(attachment.metadata)
}

function addOutputIntent(document: Document): void {
  const bytes = srgbProfile()
  const profile = document.ref({ Length: bytes.length, N: 3 })
  profile.write(bytes)
  profile.end()
  const name = new String('sRGB IEC61966-2.1')
  const intent = document.ref({
    Type: 'OutputIntent',
    S: 'GTS_PDFA1',
    Info: name,
    OutputConditionIdentifier: name,
    DestOutputProfile: profile,
  })
  intent.end()
  document._root.data.OutputIntents = [intent]
}
