import { type Command, InvalidArgumentError } from 'commander'
import type { Client } from '#serving/client.ts'
import type { Refund } from '#shared/contract/billing/refunds.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { harmless, table } from '../io.ts'
import { money } from './invoices.ts'
import { amountText, minorOf } from './invoices-correct.ts'

interface Terms {
  amount: string
  reason: string
  payment?: string
  customer?: string
  currency?: string
  holder?: string
  iban?: string
  bic: string
}

/** `quarterdeck refunds`: money that goes back to customers. */
export function refundsCommands(program: Command, context: CliContext): void {
  const refunds = program
    .command('refunds')
    .description('Money that goes back to customers: list, request, and say what came of the pay-out.')
  refunds
    .command('list', { isDefault: true })
    .description('List refunds, the newest first.')
    .option('--customer <key>', 'only those of this customer')
    .option('--open', 'only those that are not paid out yet')
    .option('--search <text>', 'only those that are found by this')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<{ customer?: string; open?: boolean; search?: string }>(command)
        const client = await session.acting()
        const found = await client.billing.refund.list({
          filter: {
            search: options.search ?? '',
            ...(options.customer === undefined
              ? {}
              : { customerId: await customerOf(client, options.customer) }),
            ...(options.open ? { states: ['waiting', 'sent'] } : {}),
          },
        })
        print(context, options.json, found, () => shown(found.refunds))
      }),
    )
  refunds
    .command('request')
    .description('Send back what is left of a payment, or what a customer has on their balance.')
    .requiredOption('--amount <amount>', 'how much, such as 12.50', amountText)
    .requiredOption('--reason <text>', 'why')
    .option('--payment <id>', 'of this payment')
    .option('--customer <key>', 'of the balance of this customer')
    .option('--currency <code>', 'of the balance; else the currency of the customer')
    .option('--holder <name>', 'to an account: who holds it')
    .option('--iban <number>', 'to an account: its IBAN or number')
    .option('--bic <code>', 'to an account: the BIC of its bank', '')
    .addHelpText(
      'after',
      `
Above the limit of the settings another person is asked to allow it.

Examples:
  quarterdeck refunds request --payment 019aa5c2-7c00-7aaa-8aaa-00000000000a --amount 25 --reason "Paid twice"
  quarterdeck refunds request --customer globex --amount 80 --reason "Closed account" --holder Globex --iban DE89370400440532013000`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Terms>(command)
        const client = await session.acting()
        const outcome = await request(client, options)
        print(context, options.json, outcome, () =>
          outcome.refund
            ? shown([outcome.refund])
            : `Asked for an approval, ${outcome.approvalId}. Nothing was changed yet.`,
        )
      }),
    )
  refunds
    .command('paid')
    .description('Say that a refund was paid out.')
    .argument('<id>', 'its id')
    .option('--on <day>', 'the day of the pay-out, such as 2026-11-20; else today')
    .option('--reference <text>', 'what the bank calls it', '')
    .action((refundId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { on, reference, json } = optionsOf<{ on?: string; reference: string }>(command)
        const client = await session.acting()
        const paidOn = on === undefined ? {} : { paidOn: on }
        const refund = await client.billing.refund.paidOut({ refundId, reference, ...paidOn })
        print(context, json, refund, () => shown([refund]))
      }),
    )
  refunds
    .command('failed')
    .description('Say that a refund could not be paid out, or came back: it goes onto the balance.')
    .argument('<id>', 'its id')
    .option('--code <code>', 'why, such as AC04', 'unknown')
    .option('--text <text>', 'what the bank says', '')
    .action((refundId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { code, text, json } = optionsOf<{ code: string; text: string }>(command)
        const client = await session.acting()
        const refund = await client.billing.refund.fail({ refundId, code, text })
        print(context, json, refund, () => shown([refund]))
      }),
    )
  refunds
    .command('cancel')
    .description('Call a refund off that waits for its pay-out.')
    .argument('<id>', 'its id')
    .action((refundId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const refund = await client.billing.refund.cancel({ refundId })
        print(context, optionsOf(command).json, refund, () => shown([refund]))
      }),
    )
}

async function request(client: Client, options: Terms) {
  const { amount, reason, payment, customer, holder, iban, bic } = options
  if ((payment === undefined) === (customer === undefined))
    throw refuse('USAGE', {}, 'Say either --payment or --customer.')
  if ((holder === undefined) !== (iban === undefined))
    throw new InvalidArgumentError('An account needs both --holder and --iban.')
  const way =
    holder === undefined || iban === undefined
      ? { kind: 'original' as const }
      : { kind: 'bank-transfer' as const, holder, iban, bic }
  if (payment !== undefined) {
    const { currency } = await client.billing.payment.get({ paymentId: payment })
    const from = { kind: 'payment' as const, paymentId: payment }
    return client.billing.refund.request({ from, amount: minorOf(amount, currency), reason, way })
  }
  const customerId = await customerOf(client, customer!)
  const currency = options.currency ?? (await client.billing.customer.get({ customerId })).currency
  const from = { kind: 'balance' as const, customerId, currency }
  return client.billing.refund.request({ from, amount: minorOf(amount, currency), reason, way })
}

function shown(all: readonly Refund[]): string {
  return table(all, [
    { title: 'ID', value: one => one.id },
    { title: 'CUSTOMER', value: one => harmless(one.customer) },
    { title: 'AMOUNT', value: one => money(one.amount, one.currency), align: 'right' },
    { title: 'OF', value: one => one.source },
    { title: 'STATE', value: one => one.state },
    { title: 'TO', value: one => (one.way === 'original' ? 'as it came' : harmless(one.iban)) },
    { title: 'PAID', value: one => one.paidOn ?? '' },
    { title: 'REASON', value: one => harmless(one.reason) },
  ])
}
