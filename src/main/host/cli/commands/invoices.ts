import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Client } from '#serving/client.ts'
import {
  type Invoice,
  type InvoiceFilter,
  type InvoiceRow,
  InvoiceState,
} from '#shared/contract/billing/invoices.ts'
import { Month } from '#shared/contract/billing/values.ts'
import { findCurrency } from '#shared/currencies.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { day, instant, shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'
import { findInvoice } from './find-invoice.ts'
import { invoicesCorrectCommands } from './invoices-correct.ts'
import { invoicesEInvoiceCommand } from './invoices-e-invoice.ts'
import { invoicesPdfCommand } from './invoices-pdf.ts'

interface ListOptions {
  period?: string
  state?: InvoiceState
  search?: string
  plan?: string
  currency?: string
  clean?: boolean
  doubtful?: boolean
  limit: number
}

/** Invoices that one call lists at most: what a bulk action works through. */
const MOST = 20_000

export function invoicesCommands(program: Command, context: CliContext): void {
  const invoices = program
    .command('invoices')
    .description('Invoices: list, look at, approve, issue, and write their documents.')
  invoicesPdfCommand(invoices, context)
  invoicesEInvoiceCommand(invoices, context)
  invoicesCorrectCommands(invoices, context)
  invoices
    .command('list', { isDefault: true })
    .description('List them, doubtful ones first.')
    .option('--period <month>', 'only of this month, such as 2026-10', month)
    .addOption(new Option('--state <state>', 'only in this state').choices(InvoiceState.options))
    .option('--plan <name>', 'only of this plan, by its name')
    .option('--currency <code>', 'only in this currency, such as EUR', currencyCode)
    .option('--search <words>', 'only with these words in customer, plan or number')
    .addOption(new Option('--clean', 'only without doubts').conflicts('doubtful'))
    .option('--doubtful', 'only with doubts')
    .option('--limit <count>', 'at most this many', Number, 500)
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<ListOptions>(command)
        const client = await session.acting()
        const { invoices: list, count } = await client.billing.invoice.list({
          filter: filterOf(options),
          limit: options.limit,
        })
        print(context, options.json, { invoices: list, count }, () => shownList(list))
        if (count > list.length) note(context, options.quiet, `${count - list.length} more: use --limit.`)
      }),
    )
  invoices
    .command('show')
    .description('Show one with its lines and its history.')
    .argument('<invoice>', 'its number or its id')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const { id: invoiceId } = await findInvoice(client, reference)
        const invoice = await client.billing.invoice.get({ invoiceId })
        print(context, optionsOf(command).json, invoice, () => shownInvoice(invoice))
      }),
    )
  bulk(invoices, context, {
    name: 'approve',
    words: 'Approve drafts: the named ones, or all of a month that are clean.',
    all: new Option('--clean', 'all drafts of the month without doubts'),
    filter: period => ({ period, states: ['draft'], doubts: 'clean', search: '' }),
    give: (client, one) => client.billing.invoice.approve({ invoiceId: one.id, digest: one.digest }),
  })
  bulk(invoices, context, {
    name: 'issue',
    words: 'Issue approved invoices: the named ones, or all of a month. Each gets its number.',
    all: new Option('--approved', 'all approved invoices of the month'),
    filter: period => ({ period, states: ['approved'], search: '' }),
    give: (client, one) => client.billing.invoice.issue({ invoiceId: one.id, digest: one.digest }),
  })
}

interface Bulk {
  readonly name: string
  readonly words: string
  /** Asks for all that the filter finds. */
  readonly all: Option
  readonly filter: (period: string) => InvoiceFilter
  readonly give: (client: Client, one: InvoiceRow) => Promise<InvoiceRow>
}

/** A command for several invoices: one command of the core for each, so that what is refused holds up no other. */
function bulk(invoices: Command, context: CliContext, { name, words, all, filter, give }: Bulk): void {
  invoices
    .command(name)
    .description(words)
    .argument('[invoices...]', 'their numbers or ids')
    .addOption(all)
    .option('--period <month>', 'the month, such as 2026-10', month)
    .action((references: string[], _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<{ period?: string } & Record<string, unknown>>(command)
        const wantsAll = options[all.attributeName()] === true
        if (wantsAll === references.length > 0)
          throw refuse('USAGE', {}, `Name the invoices, or ask for all with ${all.long} --period.`)
        const client = await session.acting()
        const chosen = wantsAll
          ? await allOf(client, filter, options.period)
          : await Promise.all(references.map(reference => findInvoice(client, reference)))
        const done: InvoiceRow[] = []
        const refused: { id: string; customer: string; code: string; message: string }[] = []
        for (const one of chosen) {
          try {
            done.push(await give(client, one))
          } catch (error) {
            const code = (error as { code?: unknown }).code
            if (typeof code !== 'string' || (!isRefusal(error) && !code.startsWith('BILLING_'))) throw error
            const { id, customer } = one
            refused.push({ id, customer, code, message: (error as Error).message })
          }
        }
        print(context, options.json, { invoices: done, refused }, () =>
          [
            shownList(done),
            ...refused.map(one => `${harmless(one.customer)} (${one.id}): refused, ${one.code}`),
          ].join('\n'),
        )
        if (refused.length > 0) context.exitWith(EXIT.refused)
      }),
    )
}

async function allOf(
  client: Client,
  filter: Bulk['filter'],
  period: string | undefined,
): Promise<InvoiceRow[]> {
  if (period === undefined) throw refuse('USAGE', {}, 'Say which month: --period 2026-10.')
  const { invoices } = await client.billing.invoice.list({
    filter: filter(period),
    sort: { by: 'customer', descending: false },
    limit: MOST,
  })
  return invoices
}

function filterOf(options: ListOptions): InvoiceFilter {
  const { period, state, search, plan, currency, clean, doubtful } = options
  return {
    ...(plan === undefined ? {} : { plans: [plan] }),
    ...(currency === undefined ? {} : { currencies: [currency] }),
    ...(period === undefined ? {} : { period }),
    ...(state === undefined ? {} : { states: [state] }),
    ...(clean ? { doubts: 'clean' as const } : doubtful ? { doubts: 'doubtful' as const } : {}),
    search: search ?? '',
  }
}

/** `2026-10`, for commander. */
export function month(text: string): string {
  if (!Month.safeParse(text).success) throw new InvalidArgumentError('Write it as 2026-10.')
  return text
}

/** The code of a currency in any case, for commander. */
function currencyCode(text: string): string {
  const found = findCurrency(text.toUpperCase())
  if (!found) throw new InvalidArgumentError('Write the code of a currency, such as EUR.')
  return found.code
}

/** Minor units for people, without the currency. */
export function money(minor: bigint, currency: string): string {
  return shownAmount(minor, findCurrency(currency)?.minorDigits ?? 2, currency)
}

function shownList(list: readonly InvoiceRow[]): string {
  return table(list, [
    { title: 'INVOICE', value: one => one.number ?? one.id },
    { title: 'CUSTOMER', value: one => harmless(one.customer) },
    { title: 'PERIOD', value: one => one.period },
    { title: 'STATE', value: one => one.state },
    { title: 'TOTAL', value: one => money(one.total, one.currency), align: 'right' },
    { title: '', value: one => one.currency },
    {
      title: 'CHANGE',
      value: one => (one.change === null ? '' : money(one.change, one.currency)),
      align: 'right',
    },
    { title: 'DOUBTS', value: one => one.doubts.map(doubt => doubt.code).join(', ') },
  ])
}

function shownInvoice(invoice: Invoice): string {
  const { currency } = invoice
  return [
    `${invoice.number ?? invoice.id}: ${invoice.state}, ${harmless(invoice.customer)}, ${invoice.period}, ${harmless(invoice.plan)}`,
    table(invoice.lineItems, [
      { title: 'LINE', value: line => harmless(line.name) },
      { title: 'KIND', value: line => line.kind },
      { title: 'FROM', value: line => day(line.service.from) },
      { title: 'TO', value: line => day(line.service.to) },
      { title: 'QUANTITY', value: line => line.quantity, align: 'right' },
      { title: 'UNIT', value: line => harmless(line.unit ?? '') },
      { title: 'AMOUNT', value: line => money(line.amount, currency), align: 'right' },
    ]),
    `  net ${money(invoice.net, currency)}, tax ${money(invoice.tax, currency)}, total ${money(invoice.total, currency)} ${currency}`,
    ...invoice.doubts.map(
      doubt => `  ${doubt.code}${doubt.about === null ? '' : `: ${harmless(doubt.about)}`}`,
    ),
    ...(invoice.note === null ? [] : [`  note: ${harmless(invoice.note)}`]),
    ...invoice.history.map(one => `  ${instant(one.at)} ${one.command}`),
  ].join('\n')
}
