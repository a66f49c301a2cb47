import type { Command } from 'commander'
import { prorateOrRefuse, rateOrRefuse } from '#core/billing/catalog/rate-price.ts'
import { RateInput } from '#shared/contract/billing/prices.ts'
import { ProrateInput } from '#shared/contract/billing/prorate.ts'
import type { CliContext } from '../context.ts'
import { toJson } from '../io.ts'
import { readJson, tellStrange } from '../read-input.ts'

export function rateCommand(program: Command, context: CliContext): void {
  const { io } = context
  program
    .command('rate')
    .description(
      'Rate a price: JSON on standard input, amounts and their explanation as JSON on standard output.',
    )
    .argument('[file]', 'read the input from here instead; - is standard input', '-')
    .addHelpText(
      'after',
      `
Runs the same engine as the month's close, on any price, saved or not. It opens no workspace.
Figures are exact decimals and stand in quotes. The input has

  price        currency, charge, and where wanted minimum, maximum, proration, discountPercent
  quantity     how much was used (seats, for a fee); or
  events       what says so: quantity, at, and an id where it may come twice
  aggregation  what becomes of events: count, sum, max, min, average, latest,
               unique-count (of the member property) or weighted-sum
  period       the billing period, from and to; service is the part of it that is charged
  billed       what was billed before for the same thing, and is left out
  taxRate      0.08 for 8 per cent

A charge is one of
  {"model": "flat", "amount": "99"}
  {"model": "standard", "unit": "0.02", "free": "1000"}
  {"model": "graduated", "tiers": [{"upTo": "100", "unit": "0.10"}, {"upTo": null, "unit": "0.05"}]}
  {"model": "volume", "tiers": [{"upTo": "100", "unit": "0.10"}, {"upTo": null, "unit": "0.05"}]}
  {"model": "package", "size": "1000", "amount": "2.50", "free": "0"}
  {"model": "percentage", "percent": "2.9", "fixed": "0.30", "freeEvents": 10, "maximumPerEvent": "5"}
  {"model": "graduated-percentage", "tiers": [{"upTo": "1000", "percent": "3"}, {"upTo": null, "percent": "2"}]}
  {"model": "dynamic", "property": "price", "per": "event"}

price.filters gives events with some values of their properties a charge of their own:
  [{"name": "Large", "values": {"model": ["large"]}, "charge": {"model": "standard", "unit": "0.03"}}]

Examples:
  echo '{"price": {"currency": "USD", "charge": {"model": "standard", "unit": "0.02"}}, "quantity": "1234"}' | quarterdeck rate
  quarterdeck rate price.json

Exit codes: 2 where the input is not what is described here, 3 where it makes no sense
(tiers out of order, a period that ends before it begins).`,
    )
    .action(async (file: string, _, command: Command) => {
      const input = await readJson(io, file, RateInput, tellStrange(context, command))
      io.stdout.write(`${toJson(rateOrRefuse(input))}\n`)
    })
}

export function prorateCommand(program: Command, context: CliContext): void {
  const { io } = context
  program
    .command('prorate')
    .description(
      'Prorate changes of a fee: JSON on standard input, the pieces of the billing period as JSON on standard output.',
    )
    .argument('[file]', 'read the input from here instead; - is standard input', '-')
    .addHelpText(
      'after',
      `
Runs the same engine as the month's close. It opens no workspace. The input has

  currency, amount     the fee of a whole period, an exact decimal in quotes
  interval, alignment  week, month, quarter or year; calendar or anniversary
  anchor               from which billing periods are counted
  from                 when the fee began, where that is within the period
  changes              at, and the amount from then on; null ends it
  mode                 second, day, day-30, none or full
  zone                 in which periods begin and days are counted
  billed               what was billed for the period before; the whole first fee where nothing is said

Example:
  echo '{"currency": "USD", "amount": "99", "anchor": "2026-10-01T00:00:00Z", "mode": "day",
    "changes": [{"at": "2026-10-16T00:00:00Z", "amount": "199"}]}' | quarterdeck prorate

Exit codes: 2 where the input is not what is described here, 3 where it makes no sense
(changes out of order or outside of the billing period).`,
    )
    .action(async (file: string, _, command: Command) => {
      const input = await readJson(io, file, ProrateInput, tellStrange(context, command))
      io.stdout.write(`${toJson(prorateOrRefuse(input))}\n`)
    })
}
