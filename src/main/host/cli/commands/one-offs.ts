import { type Command, InvalidArgumentError } from 'commander'
import type { OneOff } from '#shared/contract/billing/one-offs.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { harmless, table } from '../io.ts'
import { money, month } from './invoices.ts'

interface Terms {
  name: string
  quantity: string
  unit: string
  price: string
  tax?: string
  category: string
  note: string
}

interface Where {
  customer: string
  period?: string
  invoice?: string
  subscription?: string
}

/** `quarterdeck one-offs`: what customers are charged once. */
export function oneOffsCommands(program: Command, context: CliContext): void {
  const oneOffs = program
    .command('one-offs')
    .description('What customers are charged once: list, add, change, remove.')
  oneOffs
    .command('list', { isDefault: true })
    .description('List those of a customer.')
    .requiredOption('--customer <key>', 'of this customer')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { customer, json } = optionsOf<{ customer: string }>(command)
        const client = await session.acting()
        const found = await client.billing.oneOff.list({ customerId: await customerOf(client, customer) })
        print(context, json, found, () => shown(found.oneOffs))
      }),
    )
  termsOf(
    oneOffs
      .command('add')
      .description('Charge something once, with the next close or on an open invoice.')
      .requiredOption('--customer <key>', 'this customer')
      .option('--period <month>', 'the first month that bills it', month)
      .option('--invoice <id>', 'onto this draft or held invoice')
      .option('--subscription <id>', 'on the invoice of this subscription, where each has its own'),
  )
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck one-offs add --customer globex --name Migration --quantity 7.5 --unit hours --price 120
  quarterdeck one-offs add --customer globex --name Training --price 990 --period 2026-11`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Terms & Where>(command)
        const client = await session.acting()
        const made = await client.billing.oneOff.add({
          ...wanted(options),
          customerId: await customerOf(client, options.customer),
          firstPeriod: options.period ?? null,
          invoiceId: options.invoice ?? null,
          subscriptionId: options.subscription ?? null,
        })
        print(context, options.json, made, () => shown([made]))
      }),
    )
  termsOf(
    oneOffs
      .command('edit')
      .description('Change one that waits or is on an open invoice. What is not said is as for a new one.')
      .argument('<id>', 'its id'),
  ).action((oneOffId: string, _, command: Command) =>
    inWorkspace(context, command, async session => {
      const options = optionsOf<Terms>(command)
      const client = await session.acting()
      const made = await client.billing.oneOff.edit({ oneOffId, ...wanted(options) })
      print(context, options.json, made, () => shown([made]))
    }),
  )
  oneOffs
    .command('remove')
    .description('Take one back that waits or is on an open invoice.')
    .argument('<id>', 'its id')
    .action((oneOffId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const gone = await client.billing.oneOff.remove({ oneOffId })
        print(context, optionsOf(command).json, gone, () => `Removed ${gone.oneOffId}.`)
      }),
    )
}

function termsOf(command: Command): Command {
  return command
    .requiredOption('--name <text>', 'what the invoice says')
    .requiredOption('--price <amount>', 'of one unit, in the currency of the customer')
    .option('--quantity <number>', 'how many units', '1')
    .option('--unit <text>', 'of what, such as hours', '')
    .option('--tax <fraction>', 'the rate of tax, such as 0.08; else that of the customer', fraction)
    .option('--category <word>', 'what is sold, as the rules of tax call it', 'standard')
    .option('--note <text>', 'why: no document says it', '')
}

function fraction(text: string): string {
  if (!/^(0(\.\d{1,6})?|1)$/.test(text)) throw new InvalidArgumentError('It is a fraction from 0 to 1.')
  return text
}

function wanted({ name, quantity, unit, price, tax, category, note }: Terms) {
  return { name, quantity, unit, unitPrice: price, taxRate: tax ?? null, category, note }
}

function shown(all: readonly OneOff[]): string {
  return table(all, [
    { title: 'ID', value: one => one.id },
    { title: 'NAME', value: one => harmless(one.name) },
    { title: 'QUANTITY', value: one => `${one.quantity} ${harmless(one.unit)}`.trim(), align: 'right' },
    { title: 'PRICE', value: one => one.unitPrice, align: 'right' },
    { title: 'AMOUNT', value: one => money(one.amount, one.currency), align: 'right' },
    { title: 'FROM', value: one => one.firstPeriod },
    {
      title: 'WHERE',
      value: one => (one.invoice === null ? 'waits' : (one.invoice.number ?? one.invoice.state)),
    },
  ])
}
