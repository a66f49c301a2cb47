import { type Command, InvalidArgumentError } from 'commander'
import type { Client } from '#serving/client.ts'
import type { ChurnMonth } from '#shared/contract/billing/churn.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'

interface Options {
  readonly months: number
  readonly currency?: string
  readonly month?: string
  readonly cohorts?: boolean
  readonly plan?: string
}

/** `quarterdeck churn`: what recurs, how it moved, and what is left of who came when. */
export function churnCommand(program: Command, context: CliContext): void {
  program
    .command('churn')
    .description('What recurs by the month, how it moved, and who was lost.')
    .option('--months <number>', 'how many, the newest is the last', monthsOf, 12)
    .option('--currency <code>', 'which one, where there are several')
    .option('--month <month>', 'whose revenue moved in this month, such as 2026-10')
    .option('--plan <key>', 'only what recurs on this plan')
    .option('--cohorts', 'what is left of customers by the month in which they were new')
    .addHelpText(
      'after',
      '\nExamples:\n  quarterdeck churn --months 24\n  quarterdeck churn --month 2026-10 --plan starter',
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, months, currency: asked, month, cohorts, plan } = optionsOf<Options>(command)
        const client = await session.acting()
        if (plan !== undefined && cohorts === true)
          throw refuse('USAGE', {}, 'Cohorts are of customers, whatever their plans: leave --plan out.')
        const of = plan === undefined ? {} : { planId: await planOf(client, plan) }
        const all = await client.billing.churn.analyse({ months, ...of })
        const shown = all.currencies.filter(one => asked === undefined || one.currency === asked)
        if (month === undefined && cohorts !== true) {
          print(context, json, { currencies: shown }, () =>
            shown.map(one => `${one.currency}\n${shownMonths(one.months, one.currency)}`).join('\n\n'),
          )
          return
        }
        if (shown.length > 1) throw refuse('USAGE', {}, 'Which currency? Say it with --currency.')
        const currency = asked ?? shown[0]?.currency ?? 'USD'
        if (month !== undefined) {
          const answer = await client.billing.churn.changes({ month, currency, ...of })
          print(context, json, answer, () => shownChanges(answer.changes, currency))
          return
        }
        const answer = await client.billing.churn.cohorts({ currency, months })
        print(context, json, answer, () => shownCohorts(answer.cohorts, currency))
      }),
    )
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
async function planOf(client: Client, key: string): Promise<string> {
  const { plans } = await client.billing.plan.list({})
  const found = plans.find(one => one.key === key)
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id: key })
  return found.id
}

function monthsOf(text: string): number {
  if (!/^([1-9]|[12]\d|3[0-6])$/.test(text)) throw new InvalidArgumentError('From 1 to 36.')
  return Number(text)
}

const money = (minor: bigint, currency: string) =>
  shownAmount(minor, findCurrency(currency)?.minorDigits ?? 2, currency)
const share = (text: string | null | undefined) => text ?? '-'

function shownMonths(months: readonly ChurnMonth[], currency: string): string {
  const amount = (title: string, value: (one: ChurnMonth) => bigint) => ({
    ...{ title, align: 'right' as const },
    value: (one: ChurnMonth) => money(value(one), currency),
  })
  return table(months, [
    { title: 'MONTH', value: one => one.month },
    amount('START', one => one.start),
    amount('NEW', one => one.new),
    amount('BACK', one => one.reactivation),
    amount('EXPANSION', one => one.expansion),
    amount('CONTRACTION', one => -one.contraction),
    amount('CHURN', one => -one.churn),
    amount('END', one => one.end),
    { title: 'NRR', value: one => share(one.nrr), align: 'right' },
    { title: 'GRR', value: one => share(one.grr), align: 'right' },
    { title: 'LOGO CHURN', value: one => share(one.logoChurn), align: 'right' },
    { title: 'CUSTOMERS', value: one => String(one.customers.end), align: 'right' },
  ])
}

interface Change {
  readonly customer: string
  readonly kind: string
  readonly before: bigint
  readonly after: bigint
  readonly change: bigint
}

function shownChanges(changes: readonly Change[], currency: string): string {
  return table(changes, [
    { title: 'CUSTOMER', value: one => harmless(one.customer) },
    { title: 'WHAT', value: one => one.kind },
    { title: 'BEFORE', value: one => money(one.before, currency), align: 'right' },
    { title: 'AFTER', value: one => money(one.after, currency), align: 'right' },
    { title: 'CHANGE', value: one => money(one.change, currency), align: 'right' },
  ])
}

interface Cohort {
  readonly month: string
  readonly customers: number
  readonly start: bigint
  readonly months: readonly { readonly nrr: string | null; readonly logos: string | null }[]
}

function shownCohorts(cohorts: readonly Cohort[], currency: string): string {
  return table(cohorts, [
    { title: 'NEW IN', value: one => one.month },
    { title: 'CUSTOMERS', value: one => String(one.customers), align: 'right' },
    { title: 'FIRST MONTH', value: one => money(one.start, currency), align: 'right' },
    { title: 'MONTHS', value: one => String(one.months.length), align: 'right' },
    { title: 'NET REVENUE NOW', value: one => share(one.months.at(-1)?.nrr), align: 'right' },
    { title: 'CUSTOMERS NOW', value: one => share(one.months.at(-1)?.logos), align: 'right' },
  ])
}
