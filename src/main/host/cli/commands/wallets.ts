import { type Command, InvalidArgumentError } from 'commander'
import type { Client } from '#serving/client.ts'
import type { Wallet, WalletGrant, WalletHold } from '#shared/contract/billing/wallets.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { day, instant, shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'
import { amountText, minorOf } from './invoices-correct.ts'
import { type Limits, limits, metricId, paysForOf } from './wallet-limits.ts'

interface Which {
  readonly wallet?: string
}

interface Terms extends Which, Limits {
  readonly priority?: number
  readonly from?: bigint
  readonly until?: bigint
  readonly note?: string
}

interface Created extends Limits {
  readonly name: string
  readonly currency?: string
  readonly keep?: boolean
  readonly low?: string
}

interface Holding {
  readonly seconds: number
  readonly reference?: string
  readonly metric?: string
}

/** `quarterdeck wallets`: what customers paid ahead or were given, and what is used of it. */
export function walletsCommands(program: Command, context: CliContext): void {
  const wallets = program.command('wallets').description('What customers paid ahead or were given.')
  wallets
    .command('list', { isDefault: true })
    .description('List them, or those of one customer.')
    .option('--customer <key>', 'only those of this customer')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, customer } = optionsOf<{ customer?: string }>(command)
        const client = await session.acting()
        const of = customer === undefined ? {} : { customerId: await customerOf(client, customer) }
        const { wallets } = await client.billing.wallet.list(of)
        print(context, json, { wallets }, () => shownWallets(wallets))
      }),
    )
  one(wallets, 'show', 'Show a wallet with its grants in the order of use.').action(
    (customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Which>(command)
        const client = await session.acting()
        const { id } = await walletOf(client, customer, options)
        const wallet = await client.billing.wallet.get({ walletId: id })
        print(
          context,
          options.json,
          wallet,
          () => `${shownWallets([wallet])}\n\n${shownGrants(wallet.grants, wallet.currency)}`,
        )
      }),
  )
  wallets
    .command('expiring')
    .description('What expires soon, and what expired with something left.')
    .option('--days <number>', 'how far ahead, and back', wholeNumber, 30)
    .option('--customer <key>', 'only those of this customer')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, customer, days } = optionsOf<{ customer?: string; days: number }>(command)
        const client = await session.acting()
        const of = customer === undefined ? {} : { customerId: await customerOf(client, customer) }
        const { grants } = await client.billing.wallet.expiring({ days, ...of })
        print(context, json, { grants }, () => shownExpiring(grants))
      }),
    )
  limits(wallets.command('create'))
    .description('Give a customer a wallet. It pays invoices when they are issued.')
    .argument('<customer>', 'its key')
    .requiredOption('--name <text>', 'what it is called')
    .option('--currency <code>', 'its currency, else the customer’s')
    .option('--keep', 'it pays no invoices: only holds use it')
    .option('--low <amount>', 'tell when less than this is available', amountText)
    .action((customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Created>(command)
        const client = await session.acting()
        const customerId = await customerOf(client, customer)
        const { currency } = options.currency
          ? { currency: options.currency }
          : await client.billing.customer.get({ customerId })
        const made = await client.billing.wallet.create({
          ...{ customerId, paysFor: await paysForOf(client, options) },
          lowBelow: options.low === undefined ? null : minorOf(options.low, currency),
          ...{ name: options.name, paysInvoices: options.keep !== true },
          currency,
        })
        print(context, options.json, made, () => shownWallets([made]))
      }),
    )
  terms(one(wallets, 'grant', 'Put an amount into a wallet, for free.'))
    .argument('<amount>', 'such as 25.00', amountText)
    .option('--paid', 'it was paid for, by no invoice of here')
    .option('--from <day>', 'counts from this day on, UTC, such as 2026-12-01', dayAt)
    .addHelpText(
      'after',
      '\nExamples:\n  quarterdeck wallets grant acme 25.00 --until 2027-03-31 --note Welcome',
    )
    .action((customer: string, amount: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Terms & { paid?: boolean }>(command)
        const client = await session.acting()
        const wallet = await walletOf(client, customer, options)
        const grant = await client.billing.wallet.grant({
          ...{ walletId: wallet.id, amount: minorOf(amount, wallet.currency), ...termsOf(options) },
          kind: options.paid === true ? 'paid' : 'free',
          paysFor: await paysForOf(client, options),
          ...(options.from === undefined ? {} : { startsAt: options.from }),
        })
        if (!options.json) note(context, options.quiet, `${wallet.customer}: ${grant.id}`)
        if (grant.state === 'asked')
          note(
            context,
            options.quiet,
            `Asked for an approval, ${grant.approvalId}. It counts once that is given.`,
          )
        print(context, options.json, grant, () => shownGrants([grant], wallet.currency))
      }),
    )
  terms(one(wallets, 'top-up', 'Ask for a top-up by an invoice of its own. It counts once that is paid.'))
    .argument('<amount>', 'such as 100.00', amountText)
    .action((customer: string, amount: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Terms>(command)
        const client = await session.acting()
        const wallet = await walletOf(client, customer, options)
        const grant = await client.billing.wallet.topUp({
          ...{ walletId: wallet.id, amount: minorOf(amount, wallet.currency), ...termsOf(options) },
          paysFor: await paysForOf(client, options),
        })
        print(context, options.json, grant, () => shownGrants([grant], wallet.currency))
      }),
    )
  one(wallets, 'hold', 'Reserve an amount of a wallet for a time.')
    .argument('<amount>', 'such as 25.00', amountText)
    .option('--seconds <number>', 'for how long', wholeNumber, 3600)
    .option('--reference <text>', 'what it is for')
    .option('--metric <key>', 'grants that are limited to this metric can be used as well')
    .action((customer: string, amount: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<Which & Holding>(command)
        const client = await session.acting()
        const wallet = await walletOf(client, customer, options)
        const hold = await client.billing.wallet.hold({
          ...{ walletId: wallet.id, amount: minorOf(amount, wallet.currency), seconds: options.seconds },
          reference: options.reference ?? '',
          metricId: options.metric === undefined ? null : await metricId(client, options.metric),
        })
        print(context, options.json, hold, () => shownHold(hold, wallet.currency))
      }),
    )
  wallets
    .command('capture')
    .description('Use what a hold reserves: all of it, or an amount. The rest is released.')
    .argument('<hold>', 'its id')
    .option('--minor <amount>', 'only this much, in minor units of the currency', wholeNumber)
    .option('--keep-rest', 'what is not used stays reserved')
    .action((holdId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<{ minor?: number; keepRest?: boolean }>(command)
        const client = await session.acting()
        const hold = await client.billing.wallet.capture({
          ...{ holdId, keepRest: options.keepRest === true },
          ...(options.minor === undefined ? {} : { amount: BigInt(options.minor) }),
        })
        print(context, options.json, hold, () => `${hold.id}: ${hold.state}`)
      }),
    )
  wallets
    .command('release')
    .description('End a hold: what it reserves can be used again.')
    .argument('<hold>', 'its id')
    .action((holdId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const hold = await client.billing.wallet.release({ holdId })
        print(context, optionsOf(command).json, hold, () => `${hold.id}: ${hold.state}`)
      }),
    )
  wallets
    .command('withdraw')
    .description('Take back what is left of a grant.')
    .argument('<grant>', 'its id')
    .option('--note <text>', 'why')
    .action((grantId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<{ note?: string }>(command)
        const client = await session.acting()
        const grant = await client.billing.wallet.withdraw({ grantId, note: options.note ?? '' })
        print(context, options.json, grant, () => `${grant.id}: ${grant.state}`)
      }),
    )
}

/** A command about one wallet of a customer. */
function one(wallets: Command, name: string, words: string): Command {
  return wallets
    .command(name)
    .description(words)
    .argument('<customer>', 'its key')
    .option('--wallet <name>', 'which one, by its name or id, where the customer has several')
}

function terms(command: Command): Command {
  return limits(command)
    .option('--priority <number>', 'the smallest is used first', wholeNumber, 50)
    .option('--until <day>', 'the last day on which it counts, UTC', dayAt)
    .option('--note <text>', 'why')
}

const DAY = 86_400_000n

function termsOf({ priority = 50, until, note = '' }: Terms) {
  return { priority, note, expiresAt: until === undefined ? null : until + DAY }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write it as a whole number.')
  return Number(text)
}

function dayAt(text: string): bigint {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write it as 2026-12-01.')
  return BigInt(at)
}

async function walletOf(client: Client, customer: string, { wallet }: Which): Promise<Wallet> {
  const customerId = await customerOf(client, customer)
  const { wallets } = await client.billing.wallet.list({ customerId })
  const own = wallets.filter(one =>
    wallet === undefined ? one.archivedAt === null : one.name === wallet || one.id === wallet,
  )
  if (own.length === 0) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'wallet', id: wallet ?? customer })
  if (own.length > 1)
    throw refuse('USAGE', {}, `Which one: ${own.map(one => one.name).join(', ')}? Say it with --wallet.`)
  return own[0]!
}

const money = (minor: bigint, currency: string) =>
  shownAmount(minor, findCurrency(currency)?.minorDigits ?? 2, currency)

function shownWallets(wallets: readonly Wallet[]): string {
  return table(wallets, [
    { title: 'CUSTOMER', value: one => harmless(one.customer) },
    { title: 'WALLET', value: one => harmless(one.name) },
    { title: 'AVAILABLE', value: one => money(one.available, one.currency), align: 'right' },
    { title: 'HELD', value: one => money(one.held, one.currency), align: 'right' },
    { title: 'WAITING', value: one => money(one.waiting, one.currency), align: 'right' },
    { title: '', value: one => one.currency },
    { title: 'NEXT EXPIRY', value: one => (one.next === null ? '-' : day(one.next.at)) },
    { title: 'PAYS INVOICES', value: one => (one.paysInvoices ? 'yes' : 'no') },
  ])
}

type Expiring = Awaited<ReturnType<Client['billing']['wallet']['expiring']>>['grants']

function shownExpiring(grants: Expiring): string {
  return table(grants, [
    { title: 'CUSTOMER', value: one => harmless(one.customer) },
    { title: 'WALLET', value: one => harmless(one.wallet) },
    { title: 'LEFT OR LOST', value: one => money(one.amount, one.currency), align: 'right' },
    { title: '', value: one => one.currency },
    { title: 'EXPIRES', value: one => instant(one.expiresAt) },
    { title: '', value: one => (one.expired ? 'expired unused' : 'expires') },
    { title: 'NOTE', value: one => harmless(one.note) || '-' },
  ])
}

function shownGrants(grants: readonly WalletGrant[], currency: string): string {
  return table(grants, [
    { title: 'USED', value: one => (one.place === null ? '-' : String(one.place)), align: 'right' },
    { title: 'KIND', value: one => one.kind },
    { title: 'STATE', value: one => one.state },
    { title: 'GRANTED', value: one => money(one.amount, currency), align: 'right' },
    { title: 'LEFT', value: one => money(one.rest, currency), align: 'right' },
    { title: 'PRIORITY', value: one => String(one.priority), align: 'right' },
    { title: 'EXPIRES', value: one => (one.expiresAt === null ? '-' : instant(one.expiresAt)) },
    { title: 'NOTE', value: one => harmless(one.note) || '-' },
    { title: 'ID', value: one => one.id },
  ])
}

function shownHold(hold: WalletHold, currency: string): string {
  return `${hold.id}: ${money(hold.left, currency)} ${currency} until ${instant(hold.expiresAt)}`
}
