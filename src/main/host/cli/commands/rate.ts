import type { Command } from 'commander'
import { rateOrRefuse } from '#core/billing/catalog/rate-price.ts'
import { RateInput } from '#shared/contract/billing/prices.ts'
import type { CliContext } from '../context.ts'
import { toJson } from '../io.ts'
import { readJson } from '../read-input.ts'

export function rateCommand(program: Command, { io }: CliContext): void {
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
  aggregation  what becomes of events: count, sum, max or latest
  period       the billing period, from and to; service is the part of it that is charged
  billed       what was billed before for the same thing, and is left out
  taxRate      0.08 for 8 per cent

A charge is one of
  {"model": "flat", "amount": "99"}
  {"model": "standard", "unit": "0.02", "free": "1000"}
  {"model": "graduated", "tiers": [{"upTo": "100", "unit": "0.10"}, {"upTo": null, "unit": "0.05"}]}
  {"model": "volume", "tiers": [{"upTo": "100", "unit": "0.10"}, {"upTo": null, "unit": "0.05"}]}
  {"model": "package", "size": "1000", "amount": "2.50", "free": "0"}

Examples:
  echo '{"price": {"currency": "USD", "charge": {"model": "standard", "unit": "0.02"}}, "quantity": "1234"}' | quarterdeck rate
  quarterdeck rate price.json

Exit codes: 2 where the input is not what is described here, 3 where it makes no sense
(tiers out of order, a period that ends before it begins).`,
    )
    .action(async (file: string) => {
      io.stdout.write(`${toJson(rateOrRefuse(await readJson(io, file, RateInput)))}\n`)
    })
}
