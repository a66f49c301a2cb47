import { type Command, InvalidArgumentError } from 'commander'
import type { Client } from '#serving/client.ts'
import type { InvoiceRow } from '#shared/contract/billing/invoices.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { findInvoice } from './find-invoice.ts'

interface Outcome {
  readonly approvalId: string | null
  readonly creditNoteId?: string | null
  readonly invoice: InvoiceRow
}

interface Options {
  readonly reason: string
  readonly amount?: string
  readonly refund?: boolean
  readonly reissue?: boolean
  readonly walletsToBalance?: boolean
}

/** Corrections of issued invoices. Above the limits of the settings they ask for an approval, and say so. */
export function invoicesCorrectCommands(invoices: Command, context: CliContext): void {
  correction(
    invoices,
    context,
    'credit',
    'Issue a credit note for all that is left of an invoice, or a part.',
  )
    .option('--amount <amount>', 'give back this much with tax, such as 12.50', amountText)
    .option('--refund', 'send what was paid back to the payer, not onto the balance')
    .option('--wallets-to-balance', 'what wallets paid goes onto the balance, not back to them')
  correction(invoices, context, 'write-off', 'Give up what an invoice still asks for.')
  correction(invoices, context, 'void', 'Make an invoice count for nothing. It keeps its number.').option(
    '--reissue',
    'make a draft of the same lines',
  )
}

function correction(
  invoices: Command,
  context: CliContext,
  name: 'credit' | 'write-off' | 'void',
  words: string,
): Command {
  return invoices
    .command(name)
    .description(words)
    .argument('<invoice>', 'its number or its id')
    .requiredOption('--reason <text>', 'why')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Options>(command)
        const client = await session.acting()
        const invoice = await findInvoice(client, reference)
        const outcome = await correct(client, name, invoice, options)
        print(context, options.json, outcome, () => said(outcome))
      }),
    )
}

async function correct(
  client: Client,
  name: 'credit' | 'write-off' | 'void',
  invoice: InvoiceRow,
  { reason, amount, refund = false, reissue = false, walletsToBalance = false }: Options,
): Promise<Outcome> {
  const { id: invoiceId, currency } = invoice
  if (name === 'write-off') return client.billing.correction.writeOff({ invoiceId, reason })
  if (name === 'void') return client.billing.correction.void({ invoiceId, reason, reissue })
  const wanted =
    amount === undefined
      ? { kind: 'whole' as const }
      : { kind: 'amount' as const, amount: minorOf(amount, currency) }
  return client.billing.correction.credit({
    ...{ invoiceId, wanted, reason },
    money: refund ? 'refund' : 'balance',
    wallets: walletsToBalance ? 'balance' : 'grants',
  })
}

function said({ approvalId, creditNoteId, invoice }: Outcome): string {
  const name = invoice.number ?? invoice.id
  if (approvalId !== null) return `${name}: asked for an approval, ${approvalId}. Nothing was changed yet.`
  return creditNoteId ? `${name}: ${invoice.state}, credit note ${creditNoteId}` : `${name}: ${invoice.state}`
}

/** A plain decimal, for commander. */
export function amountText(text: string): string {
  if (!/^\d{1,15}(\.\d{1,4})?$/.test(text)) throw new InvalidArgumentError('Write it as 12.50.')
  return text
}

/** An amount that was typed, in minor units. @throws Refusal `USAGE` where the currency has fewer places */
export function minorOf(text: string, currency: string): bigint {
  const places = findCurrency(currency)?.minorDigits ?? 2
  const [whole, fraction = ''] = text.split('.') as [string, string?]
  if (fraction.length > places)
    throw refuse('USAGE', {}, `${currency} has ${places} places after the point: ${text} has more.`)
  return BigInt(whole + fraction.padEnd(places, '0'))
}
