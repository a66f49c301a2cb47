import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { DebitRun, Mandate } from '#shared/contract/billing/sepa.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { harmless, table } from '../io.ts'
import { money } from './invoices.ts'

interface MandateOptions {
  readonly iban: string
  readonly holder: string
  readonly signed: string
  readonly reference: string
  readonly scheme: string
  readonly bic: string
  readonly once?: boolean
}

/** `quarterdeck sepa`: direct debits of the euro area. */
export function sepaCommands(program: Command, context: CliContext): void {
  const sepa = program
    .command('sepa')
    .description('Direct debits of the euro area: mandates, what can be collected, files for the bank.')
  sepa
    .command('list', { isDefault: true })
    .description('List the files, the newest first.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const found = await client.billing.debit.list({})
        print(context, optionsOf(command).json, found, () => shown(found.runs))
      }),
    )
  sepa
    .command('mandates')
    .description('List mandates.')
    .option('--customer <key>', 'of this customer')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { customer, json } = optionsOf<{ customer?: string }>(command)
        const client = await session.acting()
        const { customerId } =
          customer === undefined
            ? { customerId: null }
            : await client.billing.customer.find({ key: customer })
        if (customer !== undefined && customerId === null)
          throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: customer })
        const found = await client.billing.mandate.list(customerId === null ? {} : { customerId })
        print(context, json, found, () => mandates(found.mandates))
      }),
    )
  sepa
    .command('mandate')
    .description('Add a mandate that a customer signed.')
    .argument('<customer>', 'its key')
    .requiredOption('--iban <iban>', 'the account that pays')
    .requiredOption('--holder <name>', 'whose account it is')
    .requiredOption('--signed <day>', 'when it was signed, 2026-10-31')
    .option('--reference <text>', 'what the bank knows it by (default: made of the key of the customer)', '')
    .option('--scheme <scheme>', 'CORE, or B2B between businesses', 'CORE')
    .option('--bic <bic>', 'of the bank that pays', '')
    .option('--once', 'it may be used once')
    .action((customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, iban, holder, signed, reference, scheme, bic, once } =
          optionsOf<MandateOptions>(command)
        const client = await session.acting()
        const { customerId } = await client.billing.customer.find({ key: customer })
        if (customerId === null) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: customer })
        const made = await client.billing.mandate.add({
          ...{ customerId, iban, holder, reference, bic, signedOn: signed },
          scheme: scheme.toUpperCase() === 'B2B' ? 'B2B' : 'CORE',
          kind: once ? 'one-off' : 'recurrent',
        })
        print(context, json, made, () => mandates([made]))
      }),
    )
  sepa
    .command('revoke')
    .description('Revoke a mandate: nothing is collected by it any more.')
    .argument('<reference>', 'of the mandate')
    .option('--after-next', 'once more, as its last time')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, afterNext = false } = optionsOf<{ afterNext?: boolean }>(command)
        const client = await session.acting()
        const found = (await client.billing.mandate.list({})).mandates.find(
          one => one.reference === reference,
        )
        if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'sepa-mandate', id: reference })
        const gone = await client.billing.mandate.revoke({ mandateId: found.id, afterNext })
        print(context, json, gone, () => mandates([gone]))
      }),
    )
  sepa
    .command('propose')
    .description('Say which open invoices could be collected, and why the others not.')
    .option('--on <day>', 'collected on this day; else the first that banks take')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { on, json } = optionsOf<{ on?: string }>(command)
        const client = await session.acting()
        const found = await client.billing.debit.propose(on === undefined ? {} : { collectOn: on })
        print(context, json, found, () =>
          table(found.candidates, [
            { title: 'INVOICE', value: one => one.number },
            { title: 'CUSTOMER', value: one => harmless(one.customer) },
            { title: 'AMOUNT', value: one => money(one.amount, 'EUR'), align: 'right' },
            { title: 'MANDATE', value: one => one.mandate ?? '' },
            { title: 'CAN BE', value: one => one.fault ?? found.collectOn },
          ]),
        )
      }),
    )
  sepa
    .command('collect')
    .description('Make the file of all that can be collected, and save it.')
    .requiredOption('--account <id>', 'the bank account that gets the money')
    .requiredOption('--out <file>', 'where the file goes')
    .option('--on <day>', 'collected on this day; else the first that banks take')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { account, out, on, json } = optionsOf<{ account: string; out: string; on?: string }>(command)
        const client = await session.acting()
        const found = await client.billing.debit.propose(on === undefined ? {} : { collectOn: on })
        const invoiceIds = found.candidates.filter(one => one.fault === null).map(one => one.invoiceId)
        if (invoiceIds.length === 0) throw refuse('USAGE', {}, 'Nothing can be collected on that day.')
        const { collectOn } = found
        const run = await client.billing.debit.create({ accountId: account, collectOn, invoiceIds })
        const { xml } = await client.billing.debit.file({ runId: run.id })
        // Never over a file that is there: it may be at the bank already.
        writeFileSync(out, xml, { flag: 'wx', mode: 0o600 })
        print(context, json, run, () => shown([run]))
      }),
    )
  deed(sepa, context, 'handed-in', 'Say that the bank has a file.', 'handIn')
  deed(sepa, context, 'came', 'Say that what did not come back was collected.', 'collect')
  deed(sepa, context, 'cancel', 'Call a file off that the bank does not have.', 'cancel')
}

function deed(
  sepa: Command,
  context: CliContext,
  name: string,
  words: string,
  what: 'handIn' | 'collect' | 'cancel',
): void {
  sepa
    .command(name)
    .description(words)
    .argument('<id>', 'the id of the file')
    .action((runId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const run = await client.billing.debit[what]({ runId })
        print(context, optionsOf(command).json, run, () => shown([run]))
      }),
    )
}

function shown(runs: readonly DebitRun[]): string {
  return table(runs, [
    { title: 'ID', value: one => one.id },
    { title: 'ON', value: one => one.collectOn },
    { title: 'STATE', value: one => one.state },
    { title: 'INVOICES', value: one => String(one.count), align: 'right' },
    { title: 'AMOUNT', value: one => money(one.amount, 'EUR'), align: 'right' },
    { title: 'CAME', value: one => money(one.collected, 'EUR'), align: 'right' },
    { title: 'BACK', value: one => money(one.returned, 'EUR'), align: 'right' },
    { title: 'FILE', value: one => one.fileName },
  ])
}

function mandates(all: readonly Mandate[]): string {
  return table(all, [
    { title: 'REFERENCE', value: one => one.reference },
    { title: 'CUSTOMER', value: one => harmless(one.customer) },
    { title: 'SCHEME', value: one => one.scheme },
    { title: 'IBAN', value: one => one.iban },
    { title: 'SIGNED', value: one => one.signedOn },
    { title: 'USED', value: one => one.lastUsedOn ?? '' },
    { title: 'STATE', value: one => one.state },
  ])
}
