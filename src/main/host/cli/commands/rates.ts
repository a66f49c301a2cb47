import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { ratesOfFile } from '#core/billing/exchange/rates-of-file.ts'
import type { Client } from '#serving/client.ts'
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
    .command('fetch')
    .description('Ask the European Central Bank for its reference rates, and say what is missing.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet } = optionsOf(command)
        const client = await session.acting()
        const { fetchId } = await client.billing.exchange.fetch({})
        const found = await fetched(client, fetchId)
        const one = found.fetches.find(({ id }) => id === fetchId)!
        if (!json) {
          if (one.state === 'done') note(context, quiet, `${one.added} added, ${one.there} there already.`)
          else note(context, quiet, `no rates: ${one.reason || one.state}`)
          for (const { offered, kept } of one.differing)
            note(
              context,
              quiet,
              `${offered.day} ${offered.base}/${offered.quote}: kept ${kept.rate} (${kept.source}), the bank says ${offered.rate}`,
            )
          if (found.missing.length > 0) note(context, quiet, `missing: ${found.missing.join(', ')}`)
        }
        print(context, json, found, () => '')
        if (one.state !== 'done') context.exitWith(1)
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

/** How long the bank is waited for, and how often it is looked, in milliseconds. */
const PATIENCE = 60_000
const LOOK_EVERY = 500

/** Waits until a fetch is over. */
async function fetched(client: Client, fetchId: string) {
  for (let waited = 0; ; waited += LOOK_EVERY) {
    const found = await client.billing.exchange.fetches({})
    if (waited >= PATIENCE || found.fetches.find(({ id }) => id === fetchId)?.state !== 'asking') return found
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY))
  }
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
