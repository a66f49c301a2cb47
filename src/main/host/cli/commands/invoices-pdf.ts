import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Client } from '#serving/client.ts'
import { type CliContext, inWorkspace, optionsOf } from '../context.ts'
import { type WriteOptions, writeDocument } from '../write-document.ts'
import { findInvoice } from './find-invoice.ts'

/** A document is made after the issue: so long it is waited for, looking every so often, in milliseconds. */
const PATIENCE = 60_000
const LOOK_EVERY = 300

export function invoicesPdfCommand(invoices: Command, context: CliContext): void {
  invoices
    .command('pdf')
    .description('Write the document of an invoice to a file: as it was issued, or what a draft would be.')
    .argument('<invoice>', 'its number or its id')
    .option('-o, --out <file>', 'the file (default: the number of the invoice, here)')
    .option('--force', 'write over a file that is there')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<WriteOptions>(command)
        const client = await session.acting()
        const { id } = await findInvoice(client, reference)
        await writeDocument(context, await documentOf(client, id), options)
      }),
    )
}

/** The document, waiting for that of an invoice that was issued just now. */
async function documentOf(client: Client, invoiceId: string) {
  const until = Date.now() + PATIENCE
  for (;;) {
    try {
      return await client.billing.invoice.pdf({ invoiceId })
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'BILLING_PDF_NOT_READY' || Date.now() > until) throw error
      await sleep(LOOK_EVERY)
    }
  }
}
