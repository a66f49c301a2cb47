/** The parts of the library that electronic invoices are written with. Its own types take a second to check. */
declare module '@e-invoice-eu/core' {
  /** What an invoice of EN 16931 says, by the names of UBL. */
  export type UblInvoice = { readonly 'ubl:Invoice': Readonly<Record<string, unknown>> }

  export interface Logger {
    log(message: string): void
    warn(message: string): void
    error(message: string): void
  }

  export class InvoiceService {
    constructor(logger: Logger)
    /** @throws ValidationError of Ajv, with `errors`, where the invoice does not fit the schema */
    generate(invoice: UblInvoice, options: { format: string; lang: string }): Promise<string | Uint8Array>
  }
}
