import type { Command } from 'commander'
import type { Client } from '#serving/client.ts'
import type { CustomerTax, TaxRule } from '#shared/contract/billing/tax.ts'
import type { TaxBasis } from '#shared/contract/billing/tax-facts.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { day } from '../format.ts'
import { table } from '../io.ts'

/** `quarterdeck tax`: rules, published rates, what a customer would pay and why, what its number is worth. */
export function taxCommands(program: Command, context: CliContext): void {
  const tax = program.command('tax').description('Which tax is charged, and why.')
  tax
    .command('rules', { isDefault: true })
    .description('List the rules.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const found = await client.billing.tax.rules({})
        print(context, optionsOf(command).json, found, () => shownRules(found.rules))
      }),
    )
  tax
    .command('import')
    .description('Add published rates of countries of which there is no rule.')
    .argument('<countries...>', 'two letters each, such as DE FR')
    .addHelpText('after', '\nExamples:\n  quarterdeck tax import DE FR NL')
    .action((countries: string[], _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet } = optionsOf(command)
        const client = await session.acting()
        const done = await client.billing.tax.importRules({
          countries: countries.map(one => one.toUpperCase()),
        })
        if (!json) note(context, quiet, `${done.added} rules are added. Check them before you bill.`)
        print(context, json, done, () => '')
      }),
    )
  tax
    .command('why')
    .description('What a customer would pay on a day, and why.')
    .argument('<customer>', 'its key')
    .option('--category <category>', 'of what is sold', 'standard')
    .option('--day <day>', 'such as 2026-10-31; today where nothing is said')
    .action((customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, category, day: on } = optionsOf<{ category: string; day?: string }>(command)
        const client = await session.acting()
        const customerId = await customerOf(client, customer)
        const today = new Date().toISOString().slice(0, 10)
        const decided = await client.billing.tax.decide({ customerId, category, day: on ?? today })
        print(context, json, decided, () => shownBasis(decided.rate, decided.basis))
      }),
    )
  tax
    .command('check')
    .description('Ask the VIES service for the VAT number of a customer, and keep what it says.')
    .argument('<customer>', 'its key')
    .action((customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const found = await askVies(client, await customerOf(client, customer))
        print(context, optionsOf(command).json, found, () => shownCustomer(found))
        if (found.question !== null || found.vat.state !== 'valid') context.exitWith(1)
      }),
    )
  tax
    .command('customer')
    .description('What is known of a customer for tax: its VAT number, its exemptions.')
    .argument('<customer>', 'its key')
    .action((customer: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const customerId = await customerOf(client, customer)
        const found = await client.billing.tax.customer({ customerId })
        print(context, optionsOf(command).json, found, () => shownCustomer(found))
      }),
    )
}

/** How long an answer of VIES is waited for, and how often it is looked, in milliseconds. */
const PATIENCE = 60_000
const LOOK_EVERY = 500

/** Asks VIES, and waits until it has answered or was not reached. */
async function askVies(client: Client, customerId: string): Promise<CustomerTax> {
  let found = await client.billing.tax.askVat({ customerId })
  for (let waited = 0; found.question?.state === 'asking' && waited < PATIENCE; waited += LOOK_EVERY) {
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY))
    found = await client.billing.tax.customer({ customerId })
  }
  return found
}

function shownRules(rules: readonly TaxRule[]): string {
  return table(rules, [
    { title: 'PLACE', value: one => (one.region === '' ? one.country : `${one.country}-${one.region}`) },
    { title: 'NAME', value: one => one.name },
    { title: 'CATEGORY', value: one => one.category },
    { title: 'KIND', value: one => one.kind },
    { title: 'RATE', value: one => one.rate, align: 'right' },
    { title: 'PRICES', value: one => (one.inclusive ? 'with tax' : 'without tax') },
    { title: 'FROM', value: one => one.validFrom },
    { title: 'STATE', value: one => (one.replaced ? 'replaced' : '-') },
    { title: 'SOURCE', value: one => one.source },
  ])
}

function shownBasis(rate: string, basis: TaxBasis): string {
  const lines = [
    ['rate', rate],
    ['kind', basis.kind],
    ['code', basis.code],
    ['reason', basis.reason],
    ['whose', [basis.country, basis.region].filter(Boolean).join('-') || '-'],
    ['category', basis.category],
    ['source', basis.source],
    ['vat number', basis.vatNumber ?? ''],
    ['note', basis.note],
  ]
  return lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name!.padEnd(12)}${value}`)
    .join('\n')
}

function shownCustomer({ kind, region, vat, question, certificates, checks }: CustomerTax): string {
  const consultation = checks.find(one => one.number === vat.number)?.answer.consultation
  const checked = vat.checkedAt === null ? '' : ` (${day(vat.checkedAt)})`
  return [
    `${kind}${region === '' ? '' : `, ${region}`}`,
    `VAT number ${vat.number === '' ? '-' : vat.number}: ${vat.state}${checked}${vat.counts ? ', counts' : ''}`,
    ...(vat.fault === null ? [] : [`what is wrong with it: ${vat.fault}`]),
    ...(consultation === undefined ? [] : [`consultation number ${consultation}`]),
    ...(question === null ? [] : [`VIES ${question.state}${question.reason && `: ${question.reason}`}`]),
    ...certificates.map(
      one => `exempt ${one.number} (${one.reason}) ${one.validFrom} to ${one.validUntil ?? '-'}`,
    ),
  ].join('\n')
}
