import type { Command } from 'commander'
import { monthIn } from '#core/billing/close/month.ts'
import type { Client } from '#serving/client.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf } from '../context.ts'
import { type WriteOptions, writeDocument } from '../write-document.ts'
import { month } from './invoices.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** `quarterdeck documents`: what customers are given besides invoices. */
export function documentsCommands(program: Command, context: CliContext): void {
  const documents = program
    .command('documents')
    .description(
      'Receipts and statements as PDF, as they would be sent now. (Invoices: quarterdeck invoices pdf.)',
    )
  documents
    .command('receipt')
    .description('The receipt of a payment: what came, what it settles, and what remains.')
    .argument('<payment>', 'its id, or the reference that only it has')
    .option('-o, --out <file>', 'the file (default: the name of the document, here)')
    .option('--force', 'write over a file that is there')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const paymentId = await paymentOf(client, reference)
        const document = await client.billing.payment.receipt({ paymentId })
        await writeDocument(context, document, optionsOf<WriteOptions>(command))
      }),
    )
  documents
    .command('statement')
    .description('What a customer was billed and paid in a month, with balances and how old what is open is.')
    .argument('<customer>', 'its key')
    .requiredOption('--month <month>', 'which month, such as 2026-10', month)
    .option('--since <month>', 'begin with this month', month)
    .option('-o, --out <file>', 'the file (default: the name of the document, here)')
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      '\nExamples:\n  quarterdeck documents statement acme --since 2026-01 --month 2026-10',
    )
    .action((key: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<WriteOptions & { month: string; since?: string }>(command)
        const client = await session.acting()
        const { customers } = await client.billing.customer.list({ search: key, limit: 2000 })
        const customer = customers.find(one => one.key === key)
        if (!customer) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: key })
        const { from } = monthIn(options.since ?? options.month, customer.zone)
        const { to } = monthIn(options.month, customer.zone)
        const document = await client.billing.payment.statementPdf({ customerId: customer.id, from, to })
        await writeDocument(context, document, options)
      }),
    )
}

/** A payment by its id, or by a reference that no other has. */
async function paymentOf(client: Client, reference: string): Promise<string> {
  if (UUID.test(reference)) return reference
  const { payments } = await client.billing.payment.list({ filter: { search: reference }, limit: 100 })
  const found = payments.filter(one => one.reference === reference)
  const [only] = found
  if (only && found.length === 1) return only.id
  throw refuse(
    'WORKSPACE_NOT_FOUND',
    { entity: 'payment', id: reference },
    found.length > 1
      ? `${found.length} payments have the reference ${reference}: name one by its id.`
      : `There is no payment with the reference ${reference}.`,
  )
}
