import { createPeer, type Peer, type ThreadPort, type Threads } from '#core/runtime/threads.ts'
import type { EInvoiceFormat } from '#engines/billing/e-invoice/problems.ts'
import type { EInvoiceFile } from './e-invoice/e-invoice.ts'
import type { EInvoiceFacts } from './e-invoice/e-invoice-facts.ts'
import type { InvoiceFacts } from './invoice-document.ts'
import type { ReceiptFacts } from './receipt-document.ts'
import type { StatementFacts } from './statement-document.ts'
import type { DocumentDefinition, WrittenPdf } from './tagged-pdf.ts'

/** What a document of each kind is made of. */
export type DocumentFacts = InvoiceFacts | ReceiptFacts | StatementFacts

/** Makes documents. Laying one out takes a tenth of a second and more, so it happens beside the core's thread. */
export interface DocumentPrinter {
  print(facts: DocumentFacts): Promise<WrittenPdf>
  /** The electronic invoice of an issued document, which lacks nothing. */
  eInvoice(facts: EInvoiceFacts, format: EInvoiceFormat): Promise<EInvoiceFile>
  close(): void
}

/**
 * Documents that a thread makes before another takes its place: what the library keeps between documents is
 * given back, so that a thousand of them need no more memory than fifty.
 */
export const DOCUMENTS_PER_THREAD = 50

/** @param start starts threads; without them documents are made in this one */
export function createDocumentPrinter(start: Threads['start'] | null): DocumentPrinter {
  if (!start) return { print: printHere, eInvoice: eInvoiceHere, close: () => {} }
  let thread: { port: ThreadPort; peer: Peer; left: number; busy: number } | null = null
  let closed = false

  function open(): NonNullable<typeof thread> {
    const port = start!({ role: 'documents' })
    const opened = { port, peer: createPeer(port, {}), left: DOCUMENTS_PER_THREAD, busy: 0 }
    port.onExit(() => {
      if (thread === opened) thread = null
    })
    return opened
  }

  /** Has a thread make something: who has had its share takes no more, and goes when what it was given is done. */
  async function ask<T>(name: string, input: unknown): Promise<T> {
    if (closed) throw new Error('the printer is closed')
    thread ??= open()
    const mine = thread
    mine.busy++
    if (--mine.left === 0) thread = null
    try {
      return await mine.peer.ask<T>(name, input)
    } finally {
      if (--mine.busy === 0 && mine.left === 0) mine.port.close()
    }
  }

  return {
    print: facts => ask('print', facts),
    eInvoice: (facts, format) => ask('e-invoice', { facts, format }),
    close() {
      closed = true
      thread?.port.close()
      thread = null
    },
  }
}

/** The thread's side. */
export function servePrinter(port: ThreadPort): void {
  createPeer(port, {
    print: printHere,
    'e-invoice': ({ facts, format }: { facts: EInvoiceFacts; format: EInvoiceFormat }) =>
      eInvoiceHere(facts, format),
  })
}

/** Loaded when the first document is made: most runs of the core make none. */
async function printHere(facts: DocumentFacts): Promise<WrittenPdf> {
  const { writePdf } = await import('./tagged-pdf.ts')
  try {
    return await writePdf(await definitionOf(facts))
  } catch (error) {
    // A damaged picture must not keep an invoice from its document.
    if (facts.seller.logo === null || !/image/i.test(String(error))) throw error
    return writePdf(await definitionOf({ ...facts, seller: { ...facts.seller, logo: null } }))
  }
}

async function eInvoiceHere(facts: EInvoiceFacts, format: EInvoiceFormat): Promise<EInvoiceFile> {
  const { eInvoice } = await import('./e-invoice/e-invoice.ts')
  return eInvoice(facts, format)
}

async function definitionOf(facts: DocumentFacts): Promise<DocumentDefinition> {
  switch (facts.kind) {
    case 'receipt':
      return (await import('./receipt-document.ts')).receiptDocument(facts)
    case 'statement':
      return (await import('./statement-document.ts')).statementDocument(facts)
    default:
      return (await import('./invoice-document.ts')).invoiceDocument(facts)
  }
}
