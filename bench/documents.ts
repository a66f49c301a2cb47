/**
 * Documents: an invoice of 200 lines, and a thousand of twenty lines, by the built worker thread as the product
 * makes them. Against the library alone (untagged, without a profile of colours) on the same content.
 * `npx node bench/documents.ts`.
 */

import { createRequire } from 'node:module'
import { loadavg } from 'node:os'
import { ensureBuilt } from '../scripts/lib/build.ts'
import { documentFonts } from '../src/core/documents/document-fonts.ts'
import { createDocumentPrinter } from '../src/core/documents/document-printer.ts'
import { type InvoiceFacts, invoiceDocument } from '../src/core/documents/invoice-document.ts'
import { startThread } from '../src/main/host/threads/start-thread.ts'
import { milliseconds, percentile, record, timed } from './results.ts'

const MUST_MILLISECONDS = 1000
const MUST_MEGABYTES = 500
const RUNS = 15
const MANY = 1000

const load = loadavg()[0]!
if (!(await ensureBuilt(line => console.log(line)))) process.exit(1)
const worker = new URL('../out/main/worker.js', import.meta.url)
const printer = createDocumentPrinter(data => startThread(worker, data))

const period = { from: BigInt(Date.UTC(2026, 9, 1)), to: BigInt(Date.UTC(2026, 10, 1)) }
/** Names as customers have them, in faces other than the main one. */
const NAMES = [
  '株式会社桜井システムズ',
  'شركة الواحة للخدمات اللوجستية ذ.م.م',
  '주식회사 새벽바이오',
  '長青物流股份有限公司',
  'नीलगिरी टेक्नोलॉजीज़',
  'บริษัท น้ำทิพย์ จำกัด',
  'שלום עולם',
]

function invoice(number: number, lines: number, named = false): InvoiceFacts {
  const party = {
    name: named ? NAMES[number % NAMES.length]! : `Customer ${number}`,
    address: ['1 Main Street', 'Springfield'],
    country: '',
    taxId: 'X1',
    email: 'a@b.example',
  }
  return {
    ...{
      kind: 'invoice',
      language: 'en',
      number: `INV-2026-${number}`,
      issuedAt: period.to,
      dueAt: period.to,
    },
    ...{ period, zone: 'Europe/Berlin', currency: 'USD', purchaseOrder: '', buyer: party },
    seller: { ...party, name: 'Seller', footer: 'Bank', accent: '#0f766e', logo: null },
    lines: Array.from({ length: lines }, (_, index) => ({
      ...{
        name: `${named ? NAMES[index % NAMES.length] : 'Metric'} ${index}`,
        service: period,
        quantity: String(index * 1000),
        unit: 'calls',
      },
      ...{
        detail: `${index * 1000} × 0.0004`,
        amount: BigInt(index * 40),
        taxRate: '0.08',
        tax: BigInt(index * 3),
      },
    })),
    ...{ net: 1n, tax: 1n, total: 2n },
  }
}

/** The faces as the library's own printer takes them; it writes into what it is given. */
function fonts(): unknown {
  const { Roboto } = documentFonts()
  return { Roboto: Object.fromEntries(Object.entries(Roboto!).map(([name, url]) => [name, { url }])) }
}

/** The library by itself, from the same definition. */
async function bare(facts: InvoiceFacts): Promise<number> {
  const require = createRequire(import.meta.url)
  const { default: Printer } = require('pdfmake/js/Printer.js')
  const nothing = { resolve: () => {}, resolved: async () => {} }
  const definition = { ...invoiceDocument(facts), version: '1.7', pageMargins: [48, 48, 48, 64] }
  const { layouts, title: _, ...rest } = definition
  const document = await new Printer(fonts(), null, nothing, () => false).createPdfKitDocument(rest, {
    tableLayouts: layouts,
  })
  return new Promise(resolve => {
    let bytes = 0
    document.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length
    })
    document.on('end', () => resolve(bytes))
    document.end()
  })
}

const large = invoice(1, 200)
const first = (await timed(1, () => printer.print(large)))[0]!
const ours = await timed(RUNS, () => printer.print(large))
// Memory of the whole process, threads included.
let most = 0
const begun = performance.now()
for (let number = 0; number < MANY; number++) {
  // As many as in the demo have names in another script; here all their lines do too.
  await printer.print(invoice(number, 20, number % 6 === 0))
  most = Math.max(most, process.memoryUsage.rss())
}
const took = performance.now() - begun
const many = invoice(1, 200, true)
const scripts = await timed(RUNS, () => printer.print(many))
printer.close()

await bare(large)
const theirs = await timed(RUNS, () => bare(large))

const slowest = percentile(ours, 1)
record('Documents', `Load of the machine before the run: ${load.toFixed(1)}.`, [
  {
    what: 'PDF of an invoice of 200 lines, in a thread that made one before',
    measured: `${milliseconds(percentile(ours, 0.5))} median, ${milliseconds(slowest)} worst of ${RUNS}`,
    budget: `< ${MUST_MILLISECONDS} ms`,
    against: `${milliseconds(percentile(theirs, 0.5))} median: the library alone, untagged`,
    ratio: percentile(ours, 0.5) / percentile(theirs, 0.5),
    met: slowest < MUST_MILLISECONDS,
  },
  {
    what: 'the same with lines in seven scripts, right to left among them',
    measured: `${milliseconds(percentile(scripts, 0.5))} median, ${milliseconds(percentile(scripts, 1))} worst of ${RUNS}`,
    budget: `< ${MUST_MILLISECONDS} ms`,
    met: percentile(scripts, 1) < MUST_MILLISECONDS,
  },
  {
    what: 'the first one, with the start of the thread',
    measured: milliseconds(first),
    budget: `< ${MUST_MILLISECONDS} ms`,
    met: first < MUST_MILLISECONDS,
  },
  {
    what: `${MANY} PDFs of 20 lines, one in six in other scripts, one after the other`,
    measured: `${(took / 1000).toFixed(1)} s, ${Math.round((MANY / took) * 1000)}/s`,
  },
  {
    what: 'most memory of the process meanwhile',
    measured: `${Math.round(most / 1e6)} MB`,
    budget: `< ${MUST_MEGABYTES} MB`,
    met: most < MUST_MEGABYTES * 1e6,
  },
])
