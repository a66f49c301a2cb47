import type { Command } from 'commander'
import type { Coupon, Off, Redemption } from '#shared/contract/billing/coupons.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { day, shownAmount } from '../format.ts'
import { table } from '../io.ts'

/** `quarterdeck coupons`: list, who has one, give, take away. */
export function couponsCommands(program: Command, context: CliContext): void {
  const coupons = program.command('coupons').description('What is given off: coupons, and who has which.')
  coupons
    .command('list', { isDefault: true })
    .description('List them, or those of one customer.')
    .option('--customer <key>', 'what this customer has and had')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, customer } = optionsOf<{ customer?: string }>(command)
        const client = await session.acting()
        if (customer === undefined) {
          const { coupons } = await client.billing.coupon.list({})
          print(context, json, { coupons }, () => shownCoupons(coupons))
        } else {
          const customerId = await customerOf(client, customer)
          const { redemptions } = await client.billing.coupon.redemptions({ customerId })
          print(context, json, { redemptions }, () => shownRedemptions(redemptions))
        }
      }),
    )
  coupons
    .command('apply')
    .description('Give a coupon to a customer. It counts from the invoice of this month on.')
    .argument('<code>')
    .argument('<customer>', 'its key')
    .addHelpText('after', '\nExamples:\n  quarterdeck coupons apply LAUNCH-20 acme')
    .action((code: string, customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet } = optionsOf(command)
        const client = await session.acting()
        const customerId = await customerOf(client, customer)
        const redemption = await client.billing.coupon.apply({ code, customerId })
        if (!json) note(context, quiet, `${redemption.customer} has ${redemption.code}.`)
        print(context, json, redemption, () => shownRedemptions([redemption]))
      }),
    )
  coupons
    .command('remove')
    .description('Take a coupon away from a customer: months that end from now on have nothing taken off.')
    .argument('<code>')
    .argument('<customer>', 'its key')
    .action((code: string, customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const customerId = await customerOf(client, customer)
        const { redemptions } = await client.billing.coupon.redemptions({ customerId })
        const own = redemptions.find(one => one.code === code.toUpperCase() && one.endedAt === null)
        if (!own) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'coupon', id: code })
        const ended = await client.billing.coupon.remove({ redemptionId: own.id })
        print(context, optionsOf(command).json, ended, () => shownRedemptions([ended]))
      }),
    )
}

function shownCoupons(coupons: readonly Coupon[]): string {
  return table(coupons, [
    { title: 'CODE', value: one => one.code },
    { title: 'NAME', value: one => one.name },
    { title: 'OFF', value: one => offText(one.off) },
    { title: 'MONTHS', value: one => monthsText(one.months), align: 'right' },
    { title: 'STATE', value: one => (one.archivedAt === null ? 'kept' : 'archived') },
    { title: 'UNTIL', value: one => (one.validUntil === null ? '-' : day(one.validUntil)) },
    { title: 'HAVE IT', value: one => String(one.active), align: 'right' },
  ])
}

function shownRedemptions(redemptions: readonly Redemption[]): string {
  return table(redemptions, [
    { title: 'CODE', value: one => one.code },
    { title: 'CUSTOMER', value: one => one.customer },
    { title: 'OFF', value: one => offText(one.off) },
    { title: 'USED', value: one => `${one.usedMonths} of ${monthsText(one.months)}`, align: 'right' },
    { title: 'STATE', value: one => one.state },
    { title: 'SINCE', value: one => day(one.from) },
    {
      title: 'TAKEN OFF',
      value: one => one.given.map(({ amount, currency }) => money(amount, currency)).join(', ') || '-',
      align: 'right',
    },
  ])
}

const monthsText = (months: number | null) => (months === null ? 'all' : String(months))
const money = (minor: bigint, currency: string) =>
  shownAmount(minor, findCurrency(currency)?.minorDigits ?? 2, currency)

function offText(off: Off): string {
  return off.kind === 'percent' ? `${off.percent} %` : money(off.amount, off.currency)
}
