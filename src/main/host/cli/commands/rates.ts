import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { ratesOfFile } from '#core/billing/exchange/rates-of-file.ts'
import type { ExchangeRate } from '#shared/contract/billing/exchange.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { table } from '../io.ts'

/** Rates in one command. */
const AT_ONCE = 2000

/** `quarterdeck rates`: list, and import of files. */
export function ratesCommands(program: Command, context: CliContext): void {
  const rates = program.command('rates').description('What currencies were worth, day by day.')
  rates
    .command('list', { isDefault: true })
    .description('List rates, the newest first.')
    .option('--currency <code>', 'of or in this currency')
    .option('--limit <count>', 'at most so many', '50')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, currency, limit } = optionsOf<{ currency?: string; limit: string }>(command)
        const client = await session.acting()
        const found = await client.billing.exchange.list({
          ...(currency === undefined ? {} : { currency: currency.toUpperCase() }),
          limit: Number(limit),
        })
        print(context, json, found, () => shown(found.rates))
      }),
    )
  rates
    .command('import')
    .description('Add the rates of a file: XML of the European Central Bank, or CSV.')
    .argument('<file>')
    .option('--source <text>', 'who published them, where the file does not say it')
    .addHelpText('after', '\nExamples:\n  quarterdeck rates import eurofxref-hist-90d.xml')
    .action((file: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet, source } = optionsOf<{ source?: string }>(command)
        const text = await readFile(file, 'utf8')
        const { rates: found, problems } = ratesOfFile(text, source ?? basename(file))
        if (found.length === 0)
          throw refuse('BILLING_RATE_INVALID', { reason: problems[0]?.reason ?? 'rate' })
        const client = await session.acting()
        const sum = { added: 0, there: 0, differing: 0 }
        for (let at = 0; at < found.length; at += AT_ONCE) {
          const done = await client.billing.exchange.add({ rates: found.slice(at, at + AT_ONCE) })
          sum.added += done.added
          sum.there += done.there
          sum.differing += done.differing
        }
        if (!json) {
          for (const { line, reason } of problems) note(context, quiet, `line ${line}: ${reason}`)
          note(
            context,
            quiet,
            `${sum.added} added, ${sum.there} there already, ${sum.differing} of them differ.`,
          )
        }
        print(context, json, { ...sum, problems }, () => '')
      }),
    )
}

function shown(rates: readonly ExchangeRate[]): string {
  return table(rates, [
    { title: 'DAY', value: one => one.day },
    { title: 'ONE', value: one => one.base },
    { title: 'IN', value: one => one.quote },
    { title: 'RATE', value: one => one.rate, align: 'right' },
    { title: 'SOURCE', value: one => one.source },
  ])
}
