import type { Command } from 'commander'
import { z } from 'zod'
import { contractSaid } from '#core/billing/contracts/contract-document.ts'
import type { Client } from '#serving/client.ts'
import { ContractDocument } from '#shared/contract/billing/contract-document.ts'
import type { CommitmentProgress, Contract } from '#shared/contract/billing/contracts.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { day, shownAmount } from '../format.ts'
import { table } from '../io.ts'
import { readJson } from '../read-input.ts'

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
    .addHelpText('after', '\nExamples:\n  quarterdeck contracts show C-2026-004')
    .action((number: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const { id: contractId } = await contractOf(client, number)
        const found = await client.billing.contract.get({ contractId })
        print(context, optionsOf(command).json, found, () =>
          [
            shownContracts([found.contract]),
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
        const document = await readJson(context.io, '-', ContractDocument)
        const client = await session.acting()
        const customerId = await customerOf(client, document.customer)
        const { zone } = await client.billing.customer.get({ customerId })
        const made = await client.billing.contract.create(contractSaid(document, customerId, zone))
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
    .option('--at <day>', 'from this day on, 2026-12-31; now where nothing is said')
    .action((number: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, reason, at } = optionsOf<{ reason: string; at?: string }>(command)
        const client = await session.acting()
        const { id: contractId } = await contractOf(client, number)
        const when = at === undefined ? {} : { at: instantOf(at) }
        const ended = await client.billing.contract.terminate({ contractId, reason, ...when })
        print(context, json, ended, () => shownContracts([ended]))
      }),
    )
}

/** Midnight of a day in UTC. */
function instantOf(text: string): bigint {
  const date = z.iso.date().safeParse(text)
  if (!date.success) throw refuse('USAGE_DAY', {}, `${text} is no day. Days are written 2026-12-31.`)
  return BigInt(Date.parse(`${date.data}T00:00:00Z`))
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
