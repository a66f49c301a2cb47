import type { Command } from 'commander'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { shownAmount } from '../format.ts'
import { table } from '../io.ts'
import { type WriteOptions, writeDocument } from '../write-document.ts'
import { month } from './invoices.ts'

/** `quarterdeck journal`: what a month comes to by account, accounts, and files for ledgers. */
export function journalCommands(program: Command, context: CliContext): void {
  const journal = program
    .command('journal')
    .description('The journal of a month, for DATEV, NetSuite, SAP, Oracle, QuickBooks, Xero or as CSV.')
  journal
    .command('show', { isDefault: true })
    .description('What a month comes to by account, and which accounts are missing.')
    .requiredOption('--month <month>', 'which month, such as 2026-10', month)
    .option('--profile <ledger>', 'the ledger: csv, datev, netsuite, sap, oracle, quickbooks, xero', 'csv')
    .option('--entity <key>', ENTITY_WORDS)
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const {
          json,
          month: period,
          profile,
          entity,
        } = optionsOf<{
          month: string
          profile: string
          entity?: string
        }>(command)
        const client = await session.acting()
        const found = await client.billing.journal.get({
          ...{ period, profile, limit: 20_000 },
          ...(await ofEntity(client, entity)),
        })
        print(context, json, found, () =>
          found.currencies.length === 0
            ? 'Nothing is booked.'
            : found.currencies.map(one => shownAccounts(one)).join('\n\n'),
        )
      }),
    )
  journal
    .command('set')
    .description(
      'Enter an account: for revenue, revenue/seats, receivables/acme, tax/0.19, bank/card, or option/consultant.',
    )
    .argument('<item>')
    .argument('<account>', 'empty takes it back')
    .requiredOption('--profile <ledger>', 'the ledger')
    .option('--tax-key <key>', 'its tax key', '')
    .option('--entity <key>', 'what this legal entity has otherwise')
    .action((item: string, account: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, profile, taxKey, entity } = optionsOf<{
          profile: string
          taxKey: string
          entity?: string
        }>(command)
        const client = await session.acting()
        const set = await client.billing.journal.setAccount({
          ...{ profile, item, account, taxKey },
          entityId: (await ofEntity(client, entity)).entityId || null,
        })
        print(context, json, set, () => `${item}: ${account === '' ? 'taken back' : account}`)
      }),
    )
  journal
    .command('export')
    .description('Write the file of a month that is over. Asked again, the same file.')
    .requiredOption('--month <month>', 'which month, such as 2026-10', month)
    .requiredOption('--profile <ledger>', 'the ledger')
    .option('--currency <code>', 'where the month has several')
    .option('--entity <key>', ENTITY_WORDS)
    .option('--anew', 'with the accounts of now; the entries stay')
    .option('-o, --out <file>', 'the file (default: the name of the export, here)')
    .option('--force', 'write over a file that is there')
    .addHelpText('after', '\nExamples:\n  quarterdeck journal export --profile datev --month 2026-10')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<
          WriteOptions & {
            month: string
            profile: string
            currency?: string
            entity?: string
            anew?: boolean
          }
        >(command)
        const { month: period, profile, anew = false } = options
        const client = await session.acting()
        const of = await ofEntity(client, options.entity)
        const currency = options.currency ?? (await onlyCurrency(client, period, profile, of))
        const receipt = await client.billing.journal.export({ period, profile, currency, anew, ...of })
        note(
          context,
          options.quiet,
          `${receipt.entries} entries, ${amount(receipt.total, currency)} on each side.`,
        )
        await writeDocument(context, await client.billing.journal.file({ exportId: receipt.id }), options)
      }),
    )
}

type Client = Awaited<ReturnType<Parameters<Parameters<typeof inWorkspace>[2]>[0]['acting']>>
type Sums = Awaited<ReturnType<Client['billing']['journal']['get']>>['currencies'][number]

const ENTITY_WORDS = 'of one legal entity; `own` for what the workspace billed by its settings (default: all)'

/** What of the journal is of a legal entity, by its key. */
async function ofEntity(client: Client, key: string | undefined): Promise<{ entityId?: string }> {
  if (key === undefined) return {}
  if (key === 'own') return { entityId: '' }
  const { entities } = await client.billing.entity.list({})
  const found = entities.find(one => one.key === key)
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'legal-entity', id: key })
  return { entityId: found.id }
}

async function onlyCurrency(
  client: Client,
  period: string,
  profile: string,
  of: { readonly entityId?: string },
): Promise<string> {
  const { currencies } = await client.billing.journal.get({ period, profile, limit: 0, ...of })
  const [first, ...others] = currencies.map(one => one.currency)
  if (first === undefined)
    throw refuse('BILLING_JOURNAL_EMPTY', { period, currency: '' }, `Nothing is booked in ${period}.`)
  if (others.length > 0)
    throw refuse(
      'USAGE',
      {},
      `${period} has several currencies: name one by --currency (${[first, ...others].join(', ')}).`,
    )
  return first
}

function amount(minor: bigint, currency: string): string {
  return shownAmount(minor, findCurrency(currency)?.minorDigits ?? 2, currency)
}

function shownAccounts({ currency, accounts, debit, credit, entries }: Sums): string {
  const rows = table(accounts, [
    { title: 'BOOKED AS', value: one => (one.detail === '' ? one.role : `${one.role}/${one.detail}`) },
    { title: 'ACCOUNT', value: one => one.account ?? 'missing' },
    { title: 'DEBIT', value: one => (one.debit === 0n ? '' : amount(one.debit, currency)), align: 'right' },
    {
      title: 'CREDIT',
      value: one => (one.credit === 0n ? '' : amount(one.credit, currency)),
      align: 'right',
    },
  ])
  return `${currency}\n${rows}\n${entries} entries; debits ${amount(debit, currency)}, credits ${amount(credit, currency)}.`
}
