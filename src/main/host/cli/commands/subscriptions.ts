import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Client } from '#serving/client.ts'
import { LifeState, Settlement } from '#shared/contract/billing/subscription-life.ts'
import type { MadeChange, SubscriptionLine } from '#shared/contract/billing/subscription-views.ts'
import type { Subscription, ThoughtOf } from '#shared/contract/billing/subscriptions.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { beginOfDay, dayOption } from '../days.ts'
import { day, shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'

interface Timing {
  at?: string
  atPeriodEnd?: boolean
  preview?: boolean
}

/** `quarterdeck subscriptions`: list, look at, change, cancel. */
export function subscriptionsCommands(program: Command, context: CliContext): void {
  const subscriptions = program
    .command('subscriptions')
    .description('Subscriptions: list, look at, change, cancel, take planned changes back.')
  subscriptions
    .command('list', { isDefault: true })
    .description('List them with what recurs of each.')
    .addOption(new Option('--state <state>', 'only in this state').choices(LifeState.options))
    .option('--customer <key>', 'only of this customer')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { state, customer, json } = optionsOf<{ state?: string; customer?: string }>(command)
        const client = await session.acting()
        const { subscriptions: all } = await client.billing.subscription.overview({})
        const list = all.filter(
          one =>
            (state === undefined || one.state === state) &&
            (customer === undefined || one.customerKey === customer),
        )
        print(context, json, { subscriptions: list }, () => shownList(list))
      }),
    )
  subscriptions
    .command('show')
    .description('Show one with its phases, its planned changes and what it was billed.')
    .argument('<subscription>', 'its id, or the key of a customer that has one')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const subscriptionId = await idOf(client, reference)
        const { subscriptions: found } = await client.billing.subscription.list({ id: subscriptionId })
        const story = await client.billing.subscription.story({ subscriptionId })
        const [subscription] = found
        print(context, optionsOf(command).json, { subscription, ...story }, () =>
          shownOne(subscription!, story),
        )
      }),
    )
  timed(
    subscriptions
      .command('change')
      .description('Change plan or seats, now or later. With --preview it says what that comes to.')
      .argument('<subscription>', 'its id, or the key of a customer that has one')
      .option('--plan <key>', 'the newest version of this plan')
      .option('--seats <count>', 'this many seats', seats)
      .addOption(
        new Option('--anchor <how>', 'where periods of another interval begin').choices(['keep', 'reset']),
      ),
  ).action((reference: string, _, command: Command) =>
    inWorkspace(context, command, async session => {
      const options = optionsOf<Timing & { plan?: string; seats?: bigint; anchor?: 'keep' | 'reset' }>(
        command,
      )
      if (options.plan === undefined && options.seats === undefined)
        throw refuse('USAGE', {}, 'Say --plan, --seats or both.')
      const client = await session.acting()
      const asked = {
        ...(await timing(client, reference, options)),
        ...(options.plan === undefined ? {} : { planVersionId: await versionOf(client, options.plan) }),
        ...(options.seats === undefined ? {} : { quantity: options.seats }),
        ...(options.anchor === undefined ? {} : { anchor: options.anchor }),
      }
      if (options.preview) return preview(context, command, client, { kind: 'terms', ...asked })
      report(context, command, await client.billing.subscription.change(asked))
    }),
  )
  timed(
    subscriptions
      .command('cancel')
      .description('End one, now or later. With --preview it says what that comes to.')
      .argument('<subscription>', 'its id, or the key of a customer that has one')
      .addOption(
        new Option('--settlement <how>', 'what becomes of what was paid in advance')
          .choices(Settlement.options)
          .default('credit'),
      ),
  ).action((reference: string, _, command: Command) =>
    inWorkspace(context, command, async session => {
      const options = optionsOf<Timing & { settlement: Settlement }>(command)
      const client = await session.acting()
      const asked = { ...(await timing(client, reference, options)), settlement: options.settlement }
      if (options.preview) return preview(context, command, client, { kind: 'cancel', ...asked })
      report(context, command, await client.billing.subscription.cancel(asked))
    }),
  )
  subscriptions
    .command('take-back')
    .description('Take a planned change back, by the id that show says.')
    .argument('<change>', 'the id of the change')
    .action((changeId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        report(context, command, await client.billing.subscription.takeBack({ changeId }))
      }),
    )
  subscriptions
    .command('note')
    .description('Run the daily update: note in all of them what came about.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const { jobId } = await client.billing.subscription.sweep({})
        print(context, optionsOf(command).json, { jobId }, () => `Begun as job ${jobId}.\n`)
      }),
    )
}

function timed(command: Command): Command {
  return command
    .option(
      '--at <day>',
      'from the beginning of this day on, in the customer’s zone, such as 2026-11-01',
      dayOption,
    )
    .addOption(new Option('--at-period-end', 'at the end of the billing period').conflicts('at'))
    .option('--preview', 'only say what it comes to')
}

async function timing(client: Client, reference: string, { at, atPeriodEnd = false }: Timing) {
  const subscriptionId = await idOf(client, reference)
  if (at === undefined) return { subscriptionId, atPeriodEnd }
  const { subscriptions } = await client.billing.subscription.list({ id: subscriptionId })
  const [one] = subscriptions
  if (!one) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription', id: reference })
  const { zone } = await client.billing.customer.get({ customerId: one.customerId })
  return { subscriptionId, atPeriodEnd, at: beginOfDay(at, zone) }
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A subscription by its id, or the only running one of a customer. */
async function idOf(client: Client, reference: string): Promise<string> {
  if (ID.test(reference)) return reference
  const { customerId } = await client.billing.customer.find({ key: reference })
  if (customerId === null) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: reference })
  const { subscriptions } = await client.billing.subscription.list({ customerId })
  const running = subscriptions.filter(one => one.state !== 'cancelled' && one.state !== 'expired')
  const [one] = running.length > 0 ? running : subscriptions
  if (!one) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription', id: reference })
  if (running.length > 1)
    throw refuse('USAGE', {}, `${reference} has ${running.length} subscriptions: name one by its id.`)
  return one.id
}

async function versionOf(client: Client, key: string): Promise<string> {
  const { plans } = await client.billing.plan.list({})
  const version = plans.find(plan => plan.key === key)?.latest
  if (!version) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id: key })
  return version.id
}

async function preview(
  context: CliContext,
  command: Command,
  client: Client,
  change: ThoughtOf,
): Promise<void> {
  const thought = await client.billing.subscription.preview({ change })
  const { currency, period, within, without, lines, recurring } = thought
  const money = (minor: bigint) => amountOf(minor, currency)
  print(context, optionsOf(command).json, thought, () =>
    [
      rowsOf(
        ['line', 'from', 'to', 'quantity', 'net'],
        lines
          .filter(line => line.because)
          .map(line => [
            `${harmless(line.name)} (${line.kind})`,
            ...[day(line.service.from), day(line.service.to), line.quantity, money(line.amount)],
          ]),
      ),
      `Invoice of ${period} without it: ${money(without.total)}, with it: ${money(within.total)}.`,
      `Fees of a whole period: ${money(recurring.before.perPeriod)} by the ${recurring.before.interval}, then ${money(recurring.after.perPeriod)} by the ${recurring.after.interval}.`,
      '',
    ].join('\n'),
  )
}

function report(context: CliContext, command: Command, subscription: Subscription): void {
  const { json, quiet } = optionsOf<{ quiet?: boolean }>(command)
  print(context, json, subscription, () => shownPhases(subscription))
  note(context, quiet, `${harmless(subscription.planName)} is ${subscription.state}.`)
}

function shownList(list: readonly SubscriptionLine[]): string {
  return rowsOf(
    ['id', 'customer', 'plan', 'state', 'billed', 'seats', 'mrr', 'planned'],
    list.map(one => [
      ...[one.id, harmless(one.customerKey), harmless(one.plan), one.state, one.interval],
      `${one.seats}`,
      amountOf(one.mrr, one.currency),
      one.planned ? `${one.planned.kind} ${day(one.planned.at)}` : '',
    ]),
  )
}

function shownPhases({ phases, versions }: Subscription): string {
  const names = new Map(versions.map(one => [one.planVersionId, `${one.plan} ${one.number}`]))
  return rowsOf(
    ['phase', 'plan', 'seats', 'from', 'to'],
    phases.map(phase => [
      ...[phase.kind, harmless(names.get(phase.planVersionId) ?? ''), `${phase.quantity}`],
      ...[day(phase.from), phase.to === null ? '' : day(phase.to)],
    ]),
  )
}

function shownOne(
  one: Subscription,
  { changes, bills }: { readonly changes: readonly MadeChange[]; readonly bills: readonly Bill[] },
): string {
  return [
    `${harmless(one.planName)}, ${one.state}, by the ${one.interval}`,
    shownPhases(one),
    rowsOf(
      ['change', 'what', 'from', 'taken back'],
      changes.map(made => [
        ...[made.id, made.change.kind, day(made.change.at), made.takenBackAt === null ? '' : 'yes'],
      ]),
    ),
    rowsOf(
      ['month', 'invoice', 'state', 'net'],
      bills.map(bill => [
        ...[bill.period, bill.number ?? '', bill.state, amountOf(bill.amount, one.currency)],
      ]),
    ),
  ].join('\n')
}

interface Bill {
  readonly period: string
  readonly number: string | null
  readonly state: string
  readonly amount: bigint
}

function seats(text: string): bigint {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Seats are a whole number from 1 on.')
  return BigInt(text)
}

/** Rows of texts under their heads. */
function rowsOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((title, index) => ({
    title: title.toUpperCase(),
    value: (row: readonly string[]) => row[index] ?? '',
  }))
  return table(rows, columns)
}

/** An amount with its currency. */
function amountOf(minor: bigint, currency: string): string {
  return `${shownAmount(minor, findCurrency(currency)?.minorDigits ?? 2, currency)} ${currency}`
}
