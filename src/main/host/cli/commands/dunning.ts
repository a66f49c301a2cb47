import type { Command } from 'commander'
import type { DunningAhead, DunningCase } from '#shared/contract/billing/dunning.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { instant, shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'
import { waitForJob } from '../job-progress.ts'
import { findInvoice } from './find-invoice.ts'

/** `quarterdeck dunning`: who is reminded or charged again, what would come, and doing what is due. */
export function dunningCommands(program: Command, context: CliContext): void {
  const dunning = program
    .command('dunning')
    .description('Overdue invoices and failed payments: how far each is, what comes, and doing what is due.')
  dunning
    .command('list', { isDefault: true })
    .description('List them with their next step.')
    .option('--customer <key>', 'only of this customer')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { customer, json } = optionsOf<{ customer?: string }>(command)
        const client = await session.acting()
        const of = customer === undefined ? {} : { customerId: await customerOf(client, customer) }
        const list = await client.billing.dunning.list({ ...of, limit: 20_000 })
        print(context, json, list, () => shownList(list.cases))
      }),
    )
  dunning
    .command('simulate')
    .description('What would happen to an invoice, or to a customer, if nobody paid.')
    .argument('[invoice]', 'its number or id')
    .option('--customer <key>', 'all open invoices of this customer')
    .action((reference: string | undefined, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { customer, json } = optionsOf<{ customer?: string }>(command)
        if ((reference === undefined) === (customer === undefined))
          throw refuse('USAGE', {}, 'Name an invoice, or a customer by --customer.')
        const client = await session.acting()
        const simulated = await client.billing.dunning.simulate(
          customer === undefined
            ? { invoiceId: (await findInvoice(client, reference!)).id }
            : { customerId: await customerOf(client, customer) },
        )
        print(context, json, simulated, () =>
          simulated.invoices.length === 0
            ? 'Nothing is open.'
            : simulated.invoices.map(shownAhead).join('\n\n'),
        )
      }),
    )
  dunning
    .command('run')
    .description('Do what is due now: each step once.')
    .option('--dry-run', 'tell what it would do, and do nothing')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { dryRun, json, quiet } = optionsOf<{ dryRun?: boolean }>(command)
        const client = await session.acting()
        if (dryRun) {
          const found = await client.billing.dunning.due({})
          print(context, json, { dryRun: true, ...found }, () =>
            [
              `${found.due.length} of ${found.looked} open invoices have a step that is due.`,
              ...found.due.flatMap(one =>
                one.steps.map(step => `  ${one.number}  ${harmless(one.customer)}: ${what(step)}`),
              ),
            ].join('\n'),
          )
          return
        }
        const { jobId } = await client.billing.dunning.run({})
        await waitForJob(client, jobId, session.io, quiet ?? false)
        const { result } = await client.workspace.jobs.get({ jobId })
        const done = result as { looked: number; invoices: number; steps: number }
        print(
          context,
          json,
          done,
          () => `${done.steps} steps for ${done.invoices} of ${done.looked} open invoices.`,
        )
      }),
    )
}

/** What a step does, in words. */
function what({ message, retry, withoutRetry, task, action }: DunningAhead): string {
  const parts = [
    message,
    retry ? 'payment tried again' : null,
    withoutRetry && `no retry (${withoutRetry})`,
    task === '' ? null : `task: ${harmless(task)}`,
    action === 'leave' ? null : action,
  ]
  return parts.filter(part => part !== null).join(', ')
}

const money = ({ open, currency }: Pick<DunningCase, 'open' | 'currency'>) =>
  `${shownAmount(open, findCurrency(currency)?.minorDigits ?? 2, currency)} ${currency}`

function shownList(cases: readonly DunningCase[]): string {
  if (cases.length === 0) return 'No invoice is overdue.'
  return table(cases, [
    { title: 'INVOICE', value: one => one.number },
    { title: 'CUSTOMER', value: one => harmless(one.customer) },
    { title: 'OPEN', value: money, align: 'right' },
    { title: 'DAYS', value: one => String(Math.max(0, one.overdueDays)), align: 'right' },
    { title: 'STATE', value: one => one.state },
    { title: 'RETRIES', value: one => one.retries },
    { title: 'NEXT AT', value: one => instant(one.next?.at ?? null) },
    { title: 'NEXT', value: one => (one.next ? what(one.next) : (one.hold ?? '')) },
  ])
}

function shownAhead(one: DunningCase & { readonly ahead: readonly DunningAhead[] }): string {
  const head = `${one.number}  ${harmless(one.customer)}  ${money(one)}${one.hold ? `  (${one.hold})` : ''}`
  if (one.ahead.length === 0) return `${head}\n  Nothing comes any more.`
  return `${head}\n${table(one.ahead, [
    { title: 'AT (UTC)', value: step => instant(step.at) },
    { title: 'AFTER', value: step => `${step.track} +${step.days}` },
    { title: 'WHAT', value: what },
  ])}`
}
