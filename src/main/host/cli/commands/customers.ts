import { basename, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { z } from 'zod'
import type { InvoiceGrouping } from '#shared/contract/billing/arrangements.ts'
import type { CustomerReceipt, CustomerRow as Row } from '#shared/contract/billing/customers.ts'
import { findCurrency } from '#shared/currencies.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { EXIT } from '../exit-codes.ts'
import { day, shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'
import { amountText, minorOf } from './invoices-correct.ts'

type CustomerRow = z.infer<typeof Row>

interface ImportOptions {
  edit?: boolean
  dryRun?: boolean
}

export function customersCommands(program: Command, context: CliContext): void {
  const customers = program.command('customers').description('Whom the workspace bills.')
  customers
    .command('list', { isDefault: true })
    .description('List them with their plan and how far they are billed.')
    .option('--search <words>', 'those under these words')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, search = '' } = optionsOf<{ search?: string }>(command)
        const client = await session.acting()
        const all: CustomerRow[] = []
        for (;;) {
          const page = await client.billing.customer.list({ search, offset: all.length, limit: 2000 })
          all.push(...page.customers)
          if (page.customers.length === 0 || all.length >= page.count) break
        }
        print(context, json, all, () =>
          table(all, [
            { title: 'KEY', value: one => one.key },
            { title: 'NAME', value: one => one.name },
            { title: 'PLAN', value: one => one.plan ?? '-' },
            { title: 'STATE', value: one => one.state ?? '-' },
            {
              title: 'LAST BILLED',
              value: one =>
                one.lastTotal === null
                  ? '-'
                  : shownAmount(one.lastTotal, findCurrency(one.currency)?.minorDigits ?? 2, one.currency),
              align: 'right',
            },
            { title: 'CURRENCY', value: one => one.currency },
            { title: 'CLOSED UNTIL', value: one => (one.closedUntil === null ? '-' : day(one.closedUntil)) },
          ]),
        )
      }),
    )
  customers
    .command('minimum')
    .description('The least that the invoices of a month come to: show it, or say another.')
    .argument('<key>', 'the customer')
    .option('--amount <amount>', 'in its currency, such as 500.00; 0 for none', amountText)
    .option('--inherit', 'what the workspace says')
    .action((key: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, amount, inherit } = optionsOf<{ amount?: string; inherit?: boolean }>(command)
        const client = await session.acting()
        const customerId = await customerOf(client, key)
        const { currency } = await client.billing.arrangement.get({ customerId })
        if (inherit || amount !== undefined) {
          const minimum = inherit ? null : minorOf(amount!, currency)
          await client.billing.arrangement.set({ customerId, minimum })
        }
        const found = await client.billing.arrangement.get({ customerId })
        print(context, json, found, () => {
          const { least } = found
          if (least === null) return 'None.'
          const places = findCurrency(least.currency)?.minorDigits ?? 2
          return `${shownAmount(least.amount, places, least.currency)} ${least.currency} (${least.of})`
        })
      }),
    )
  customers
    .command('invoices')
    .description(
      'Whether its subscriptions are on one invoice a month or on one each: show it, or change it.',
    )
    .argument('<key>', 'the customer')
    .addOption(new Option('--set <how>', 'how').choices(['together', 'by-subscription']))
    .action((key: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, set } = optionsOf<{ set?: InvoiceGrouping }>(command)
        const client = await session.acting()
        const customerId = await customerOf(client, key)
        if (set) await client.billing.arrangement.set({ customerId, invoices: set })
        const found = await client.billing.arrangement.get({ customerId })
        print(context, json, found, () => found.invoices)
      }),
    )
  customers
    .command('import')
    .description('Bring customers and their subscriptions in, from CSV or JSON lines: all lines or none.')
    .argument('<file>')
    .option('--edit', 'change customers that are known with other content, instead of refusing the line')
    .option('--dry-run', 'say what would come in, and change nothing')
    .addHelpText(
      'after',
      `
Columns (of CSV, or members of a JSON object on each line):
  key, name, country                          needed for a new customer
  email, currency, zone                       the workspace's where nothing is said
  legal_name, address, tax_id, tax_rate, payment_days, purchase_order
                                              for its invoices; lines of the address with | between
  plan, started_at                            for a subscription: the plan's key, and a day or instant
  seats, bill_from, anchor_at, trial_days, alignment
Lines of one key are one customer with several subscriptions; in JSON they may stand in a list
"subscriptions". Bringing the same file in again changes nothing.

Examples:
  quarterdeck customers import --dry-run customers.csv
  quarterdeck customers import customers.jsonl --json

Exit code 3 where a line is refused; nothing came in then.`,
    )
    .action((file: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, edit, dryRun } = optionsOf<ImportOptions>(command)
        const client = await session.acting()
        const { membership, io } = session
        const { handle } = membership.files.grant(resolve(io.cwd(), file), 'read')
        try {
          const receipt = await client.billing.customer.import({
            ...{ fileId: handle, fileName: basename(file), dryRun: dryRun ?? false },
            onDifferent: edit ? 'edit' : 'refuse',
          })
          print(context, json, receipt, () => shownReceipt(receipt, dryRun ?? false))
          if (receipt.problems.length > 0) context.exitWith(EXIT.refused)
        } finally {
          membership.files.release(handle)
        }
      }),
    )
}

function shownReceipt(receipt: CustomerReceipt, dryRun: boolean): string {
  const { customers, subscriptions, problems, refused } = receipt
  const did = receipt.done ? 'came in' : dryRun ? 'would come in' : 'did not come in'
  return [
    `${harmless(receipt.fileName)} ${did}: ${receipt.lines} lines of ${receipt.format}.`,
    `  customers: new ${customers.created}, changed ${customers.edited}, known already ${customers.unchanged}`,
    `  subscriptions: new ${subscriptions.started}, known already ${subscriptions.unchanged}`,
    ...(refused > 0 ? [`  refused lines: ${refused}`] : []),
    ...problems.map(
      ({ line, column, value, reason }) =>
        `  line ${line}${column ? ` ${column}` : ''}${value === null ? '' : ` “${harmless(value)}”`}: ${harmless(reason)}`,
    ),
  ].join('\n')
}
