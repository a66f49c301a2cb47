import type { Command } from 'commander'
import { z } from 'zod'
import { contractSaid, documentOf, type KnownKeys } from '#core/billing/contracts/contract-document.ts'
import type { Client } from '#serving/client.ts'
import { ContractDocument } from '#shared/contract/billing/contract-document.ts'
import type { CommitmentProgress, Contract } from '#shared/contract/billing/contracts.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { beginOfDay, dayOption } from '../days.ts'
import { day, shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'
import { readJson, tellStrange } from '../read-input.ts'

/** `quarterdeck contracts`: list, how far one is, put in force, end. */
export function contractsCommands(program: Command, context: CliContext): void {
  const contracts = program
    .command('contracts')
    .description('What was agreed with single customers, and how far it is.')
  contracts
    .command('list', { isDefault: true })
    .description('List them, or those of one customer.')
    .option('--customer <key>', 'of this customer')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, customer } = optionsOf<{ customer?: string }>(command)
        const client = await session.acting()
        const of = customer === undefined ? {} : { customerId: await customerOf(client, customer) }
        const answer = await client.billing.contract.list(of)
        print(context, json, answer, () => shownContracts(answer.contracts))
      }),
    )
  contracts
    .command('show')
    .description('What a contract promises, and how much of it is used.')
    .argument('<number>')
    .option('--document', 'as `contracts create` reads it, with the keys of plans and metrics')
    .addHelpText(
      'after',
      '\nExamples:\n  quarterdeck contracts show C-2026-004\n  quarterdeck contracts show C-2026-004 --document > acme.json',
    )
    .action((number: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const { id: contractId } = await contractOf(client, number)
        const found = await client.billing.contract.get({ contractId })
        const { key, zone } = await client.billing.customer.get({ customerId: found.contract.customerId })
        const document = documentOf(found.contract, key, zone, await keysOf(client))
        const { json, document: alone } = optionsOf<{ document?: boolean }>(command)
        if (alone) return print(context, true, document, () => '')
        print(context, json, { ...found, document }, () =>
          [
            shownContracts([found.contract]),
            shownTerms(document),
            found.progress.length === 0 ? '' : `\n${shownProgress(found.progress, found.contract.currency)}`,
          ].join(''),
        )
      }),
    )
  contracts
    .command('create')
    .description('Make a draft of JSON on standard input: see `contracts schema`.')
    .addHelpText('after', '\nExamples:\n  quarterdeck contracts create < acme.json')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const document = await readJson(context.io, '-', ContractDocument, tellStrange(context, command))
        const client = await session.acting()
        const customerId = await customerOf(client, document.customer)
        const { zone } = await client.billing.customer.get({ customerId })
        const made = await client.billing.contract.create(
          contractSaid(document, customerId, zone, await keysOf(client)),
        )
        print(context, optionsOf(command).json, made, () => shownContracts([made]))
      }),
    )
  contracts
    .command('schema')
    .description('The JSON Schema of what `contracts create` reads. It opens no workspace.')
    .action(() => {
      const schema = z.toJSONSchema(ContractDocument, { target: 'draft-2020-12', io: 'input' })
      context.io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`)
    })
  contracts
    .command('activate')
    .description('Put a draft in force, from its first day on.')
    .argument('<number>')
    .action((number: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet } = optionsOf(command)
        const client = await session.acting()
        const { id: contractId } = await contractOf(client, number)
        const done = await client.billing.contract.activate({ contractId })
        if (!json && done.approvalId !== null)
          note(context, quiet, 'A price comes below its floor: somebody else is asked.')
        print(context, json, done, () => shownContracts([done.contract]))
      }),
    )
  contracts
    .command('terminate')
    .description('End a contract before its time.')
    .argument('<number>')
    .requiredOption('--reason <text>', 'why')
    .option(
      '--at <day>',
      'from this day on, in the customer’s zone, 2026-12-31; now where nothing is said',
      dayOption,
    )
    .action((number: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, reason, at } = optionsOf<{ reason: string; at?: string }>(command)
        const client = await session.acting()
        const { id: contractId, zone } = await contractOf(client, number)
        const when = at === undefined ? {} : { at: beginOfDay(at, zone) }
        const ended = await client.billing.contract.terminate({ contractId, reason, ...when })
        print(context, json, ended, () => shownContracts([ended]))
      }),
    )
}

/** The keys by which documents name plans and metrics. */
async function keysOf(client: Client): Promise<KnownKeys> {
  const { plans } = await client.billing.plan.list({})
  const { metrics } = await client.billing.metric.list({})
  return { plans, metrics }
}

async function contractOf(client: Client, number: string): Promise<Contract> {
  const { contracts } = await client.billing.contract.list({})
  const found = contracts.find(one => one.number === number)
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'contract', id: number })
  return found
}

function shownContracts(contracts: readonly Contract[]): string {
  return table(contracts, [
    { title: 'NUMBER', value: one => one.number },
    { title: 'CUSTOMER', value: one => one.customer },
    { title: 'NAME', value: one => one.name },
    { title: 'STATE', value: one => one.standing },
    { title: 'FROM', value: one => day(one.from) },
    { title: 'TERM ENDS', value: one => (one.termEnds === null ? '-' : day(one.termEnds)) },
    { title: 'RENEWS', value: one => (one.renewMonths === null ? 'no' : `${one.renewMonths} months`) },
    { title: 'DAYS TO PAY', value: one => String(one.paymentDays ?? '-'), align: 'right' },
  ])
}

/** What was agreed, line by line. */
function shownTerms({ currency, terms }: ContractDocument): string {
  const of = ({
    plans,
    metrics,
  }: {
    plans?: string[] | null | undefined
    metrics?: string[] | null | undefined
  }) => [...(plans ?? []), ...(metrics ?? [])].join(', ') || 'everything'
  const rows = [
    ...(terms.phases ?? []).flatMap(phase => [
      ...(phase.discountPercent == null
        ? []
        : [['phase', phase.name, 'every other price', `${phase.discountPercent} % off`]]),
      ...(phase.prices ?? []).map(({ plan, planId, priceKey, terms: own }) => [
        ...['phase', phase.name, `${plan ?? planId}/${priceKey}`],
        own.discountPercent === undefined ? 'a price of its own' : `${own.discountPercent} % off`,
      ]),
    ]),
    ...(terms.volume ?? []).map(one => [
      ...['volume', one.name, of(one)],
      one.tiers
        .map(({ upTo, percent }) => `${upTo === null ? 'above' : `to ${upTo}`} ${percent} %`)
        .join(', '),
    ]),
    ...(terms.commitments ?? []).map(one => [
      ...['commitment', one.name, of(one), `${one.amount} ${currency} a ${one.every}`],
    ]),
    ...(terms.minimum == null ? [] : [['minimum', '', 'a month', `${terms.minimum} ${currency}`]]),
  ]
  if (rows.length === 0) return ''
  const shown = table(
    rows,
    ['WHAT', 'NAME', 'OF', 'AGREED'].map((title, at) => ({
      title,
      value: (row: string[]) => harmless(row[at]!),
    })),
  )
  return `\n${shown}`
}

function shownProgress(progress: readonly CommitmentProgress[], currency: string): string {
  const places = findCurrency(currency)?.minorDigits ?? 2
  const money = (minor: bigint) => shownAmount(minor, places, currency)
  return table(progress, [
    { title: 'COMMITMENT', value: one => one.name },
    { title: 'FROM', value: one => day(one.from) },
    { title: 'TO', value: one => day(one.to) },
    { title: 'COMMITTED', value: one => money(one.committed), align: 'right' },
    { title: 'COUNTS', value: one => money(one.counted), align: 'right' },
    { title: 'AT THIS PACE', value: one => money(one.projected), align: 'right' },
    { title: 'MISSING', value: one => money(one.shortfall), align: 'right' },
    { title: 'BILLED', value: one => money(one.billed), align: 'right' },
  ])
}
