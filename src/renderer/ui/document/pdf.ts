import { GlobalWorkerOptions, getDocument, TextLayer } from 'pdfjs-dist'
import PdfWorker from 'pdfjs-dist/build/pdf.worker.min.mjs?worker'

/*
 * pdf.js, loaded when the first document is shown. Its worker is part of the application, and everything that
 * it would fetch or compile at run time is off: what is shown brings its own fonts, and the policy of the page
 * allows neither another origin nor code made at run time.
 */

let worker: Worker | null = null

/** Reads a document from its bytes, which are handed over: pass a copy. */
export function readPdf(bytes: Uint8Array) {
  worker ??= new PdfWorker()
  GlobalWorkerOptions.workerPort = worker
  return getDocument({
    data: bytes,
    useWorkerFetch: false,
    useWasm: false,
    enableXfa: false,
    disableFontFace: false,
  })
}

export { TextLayer }
