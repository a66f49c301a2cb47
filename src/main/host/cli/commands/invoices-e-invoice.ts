import type { Command } from 'commander'
import { EInvoiceFormat } from '#shared/contract/billing/e-invoices.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf } from '../context.ts'
import { type WriteOptions, writeDocument } from '../write-document.ts'
import { findInvoice } from './find-invoice.ts'

export function invoicesEInvoiceCommand(invoices: Command, context: CliContext): void {
  invoices
    .command('e-invoice')
    .description(
      'Write the electronic invoice of an issued invoice (EN 16931), or say what is missing for it.',
    )
    .argument('<invoice>', 'its number or its id')
    .option(
      '--format <format>',
      'ubl, cii, factur-x, xrechnung-ubl or xrechnung-cii (default: what went out with it, else ubl)',
      format,
    )
    .option('-o, --out <file>', 'the file (default: the number of the invoice, here)')
    .option('--force', 'write over a file that is there')
    .addHelpText('after', '\nExamples:\n  quarterdeck invoices e-invoice INV-2026-00042 --format factur-x')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<WriteOptions & { format?: EInvoiceFormat }>(command)
        const client = await session.acting()
        const { id } = await findInvoice(client, reference)
        const state = await client.billing.invoice.eInvoiceState({ invoiceId: id })
        const chosen = options.format ?? state.format ?? 'ubl'
        const problems = [...(state.issued ? [] : (['not-issued'] as const)), ...state.problems[chosen]]
        if (problems.length > 0)
          throw refuse(
            'BILLING_E_INVOICE_INCOMPLETE',
            { format: chosen, problems },
            `The electronic invoice lacks: ${problems.join(', ')}.`,
          )
        const file = await client.billing.invoice.eInvoice({ invoiceId: id, format: chosen })
        await writeDocument(context, file, options)
      }),
    )
}

function format(text: string): EInvoiceFormat {
  const found = EInvoiceFormat.safeParse(text)
  if (!found.success)
    throw refuse('USAGE', {}, `There is no format ${text}: ${EInvoiceFormat.options.join(', ')}.`)
  return found.data
}
