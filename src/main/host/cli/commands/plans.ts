import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { Catalogue } from '#shared/contract/billing/catalog.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { table, toJson } from '../io.ts'
import { readJson } from '../read-input.ts'

export function plansCommands(program: Command, context: CliContext): void {
  const plans = program.command('plans').description('What is sold: plans with their prices, and metrics.')
  plans
    .command('list', { isDefault: true })
    .description('List them.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { plans } = await (await session.acting()).billing.plan.list({})
        print(context, optionsOf(command).json, plans, () =>
          table(plans, [
            { title: 'KEY', value: plan => plan.key },
            { title: 'NAME', value: plan => plan.name },
            { title: 'STATE', value: plan => (plan.active ? 'offered' : 'not offered') },
            { title: 'VERSION', value: plan => String(plan.latest?.number ?? '-'), align: 'right' },
            { title: 'BILLED', value: plan => plan.latest?.interval ?? '-' },
            { title: 'PRICES', value: plan => String(plan.latest?.prices.length ?? 0), align: 'right' },
            { title: 'SUBSCRIPTIONS', value: plan => String(plan.subscriptions), align: 'right' },
          ]),
        )
      }),
    )
  plans
    .command('export')
    .description('Write all metrics and plans, each in its newest version, as one JSON document.')
    .argument('[file]', 'write it here instead of to standard output; - is standard output', '-')
    .action((file: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const document = toJson(await (await session.acting()).billing.plan.export({}))
        if (file === '-') context.io.stdout.write(`${document}\n`)
        else {
          await writeFile(resolve(context.io.cwd(), file), `${document}\n`)
          note(context, optionsOf(command).quiet, `Written to ${file}.`)
        }
      }),
    )
  plans
    .command('import')
    .description('Bring such a document in, all of it or nothing.')
    .argument('[file]', 'read it from here; - is standard input', '-')
    .addHelpText(
      'after',
      `
A plan that says the same as its newest version stays as it is; another content becomes its next
version, and whoever is subscribed stays on the version that they have. Metrics are added by their
keys; what a metric measures never changes.

Examples:
  quarterdeck plans export plans.json
  quarterdeck plans import plans.json`,
    )
    .action((file: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const document = await readJson(context.io, file, Catalogue)
        const taken = await (await session.acting()).billing.plan.import(document)
        print(
          context,
          optionsOf(command).json,
          taken,
          () =>
            `Metrics added ${taken.metrics}; plans added ${taken.plans}, new versions ${taken.versions}, unchanged ${taken.unchanged}.`,
        )
      }),
    )
  plans
    .command('defaults')
    .description('Add the plans Free, Starter, Professional and Enterprise with the eight usual metrics.')
    .option('--currency <code>', 'of their prices (default: the workspace’s)')
    .addHelpText('after', '\nWhat is there under the same key stays as it is, so it may be run again.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, currency } = optionsOf<{ currency?: string }>(command)
        const { workspace } = await session.anonymous.workspace.session({})
        const made = await (await session.acting()).billing.plan.initializeDefaults({
          currency: currency?.toUpperCase() ?? workspace.currency,
        })
        print(context, json, made, () => `Plans added ${made.plans}, metrics added ${made.metrics}.`)
      }),
    )
}
