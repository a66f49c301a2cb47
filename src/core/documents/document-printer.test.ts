import { describe, expect, it } from 'vitest'
import { memoryThread } from '#test/kit/memory-thread.ts'
import { createDocumentPrinter, DOCUMENTS_PER_THREAD, servePrinter } from './document-printer.ts'
import type { InvoiceFacts } from './invoice-document.ts'

const DAY = { from: 0n, to: 86_400_000n }
const party = { name: 'A', address: [], country: '', taxId: '', email: '' }
const invoice: InvoiceFacts = {
  ...{ kind: 'invoice', language: 'en', number: 'INV-1', issuedAt: 0n, dueAt: 0n, period: DAY, zone: 'UTC' },
  ...{ currency: 'USD', purchaseOrder: '', lines: [], net: 0n, tax: 0n, total: 0n, buyer: party },
  seller: { ...party, footer: '', accent: '#000000', logo: null },
}

/** A PNG of one pixel. */
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGMQMgkDAAD4AJ3MaiF4AAAAAElFTkSuQmCC'

/** Threads of this process, counted. */
function threads() {
  const opened: { closed: boolean; crash(error: Error | null): void }[] = []
  return {
    opened,
    start() {
      const { here, there, crash } = memoryThread()
      const one = { closed: false, crash }
      opened.push(one)
      there.onExit(() => {
        one.closed = true
      })
      servePrinter(there)
      return here
    },
  }
}

describe('the printer of documents', () => {
  it('makes the same bytes in a thread as here', async () => {
    const { start } = threads()
    const printer = createDocumentPrinter(start)
    const [there, here] = await Promise.all([
      printer.print(invoice),
      createDocumentPrinter(null).print(invoice),
    ])
    expect(Buffer.from(there.bytes).equals(Buffer.from(here.bytes))).toBe(true)
    printer.close()
  })

  it('shows the logo, and leaves out one that is damaged', async () => {
    const printer = createDocumentPrinter(null)
    const plain = await printer.print(invoice)
    const withLogo = (logo: string) => printer.print({ ...invoice, seller: { ...invoice.seller, logo } })
    const shown = Buffer.from((await withLogo(PIXEL)).bytes).toString('latin1')
    expect(shown).toContain('/Subtype /Image')
    const damaged = await withLogo(`${PIXEL.slice(0, 60)}==`)
    expect(Buffer.from(damaged.bytes).equals(Buffer.from(plain.bytes))).toBe(true)
  })

  it('starts no thread before the first document, and another one after its share', async () => {
    const { start, opened } = threads()
    const printer = createDocumentPrinter(start)
    expect(opened).toHaveLength(0)
    await Promise.all(Array.from({ length: DOCUMENTS_PER_THREAD + 1 }, () => printer.print(invoice)))
    expect(opened.map(one => one.closed)).toEqual([true, false])
    printer.close()
    expect(opened.map(one => one.closed)).toEqual([true, true])
  })

  it('fails what a crashed thread was given, and starts another for the next', async () => {
    const { start, opened } = threads()
    const printer = createDocumentPrinter(start)
    const lost = printer.print(invoice)
    opened[0]!.crash(new Error('killed'))
    await expect(lost).rejects.toThrow('killed')
    expect((await printer.print(invoice)).bytes.length).toBeGreaterThan(1000)
    expect(opened).toHaveLength(2)
    printer.close()
    await expect(printer.print(invoice)).rejects.toThrow('closed')
  })
})
