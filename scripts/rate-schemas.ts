/**
 * Writes the JSON schemas of what `quarterdeck rate`, `prorate` and `contracts create` read and write into `docs/schemas/`, from the schemas of
 * the contract: `npx node scripts/rate-schemas.ts`. A test fails while they are not current.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ContractDocument } from '#shared/contract/billing/contract-document.ts'
import { RateInput, RateOutput } from '#shared/contract/billing/prices.ts'
import { ProrateInput, ProrateOutput } from '#shared/contract/billing/prorate.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The files by their path in the repository, and their text. */
export function rateSchemas(): ReadonlyMap<string, string> {
  const text = (schema: z.ZodType, io: 'input' | 'output', title: string, description: string) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
    return `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`
  }
  return new Map([
    [
      'docs/schemas/rate-input.schema.json',
      text(
        RateInput,
        'input',
        'Input of quarterdeck rate',
        'A price, and usage as a quantity or as events; optionally a period, and what was billed before.',
      ),
    ],
    [
      'docs/schemas/rate-output.schema.json',
      text(
        RateOutput,
        'output',
        'Output of quarterdeck rate',
        'What it costs, exact and rounded, with every step of the computation.',
      ),
    ],
    [
      'docs/schemas/prorate-input.schema.json',
      text(
        ProrateInput,
        'input',
        'Input of quarterdeck prorate',
        'A fee, how often it is billed, and its changes within a billing period.',
      ),
    ],
    [
      'docs/schemas/prorate-output.schema.json',
      text(
        ProrateOutput,
        'output',
        'Output of quarterdeck prorate',
        'The pieces of the billing period, each with its part and its amount, and what is still due.',
      ),
    ],
    [
      'docs/schemas/contract-input.schema.json',
      text(
        ContractDocument,
        'input',
        'Input of quarterdeck contracts create',
        'What was agreed with a customer: days in its zone, money as decimals in the unit of the currency.',
      ),
    ],
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of rateSchemas()) {
    const file = join(ROOT, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(path)
  }
}
