import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { rateInput } from '#engines/billing/rate-input.ts'
import { RateInput } from '#shared/contract/billing/prices.ts'
import { root } from '../../scripts/lib/run.ts'
import { rateSchemas } from '../../scripts/rate-schemas.ts'

const INPUT = 'docs/schemas/rate-input.schema.json'
const OUTPUT = 'docs/schemas/rate-output.schema.json'
const file = (path: string) => readFileSync(join(root, path), 'utf8')
const published = (path: string) => z.fromJSONSchema(JSON.parse(file(path)))

/** The JSON of the page, in order: inputs, each followed by its output. */
const examples = [...file('docs/rate.md').matchAll(/```json\n([\s\S]*?)```/g)].map(match =>
  JSON.parse(match[1]!),
)

describe('the published schemas of quarterdeck rate', () => {
  test('are current: npx node scripts/rate-schemas.ts writes them', () => {
    for (const [path, text] of rateSchemas()) expect(file(path), path).toBe(text)
  })

  test('the page says what the engine gives', () => {
    expect(examples).toHaveLength(4)
    for (let index = 0; index < examples.length; index += 2)
      expect(rateInput(RateInput.parse(examples[index]))).toEqual(examples[index + 1])
  })

  test('take the examples of the page, and refuse what is none', () => {
    const [input, output] = [published(INPUT), published(OUTPUT)]
    for (let index = 0; index < examples.length; index += 2) {
      expect(input.safeParse(examples[index]).success).toBe(true)
      expect(output.safeParse(examples[index + 1]).success).toBe(true)
    }
    const [first, result] = examples
    expect(input.safeParse({ ...first, quantity: 2500.5 }).success).toBe(false)
    expect(input.safeParse({ ...first, price: { currency: 'USD' } }).success).toBe(false)
    expect(output.safeParse({ ...result, amount: '225,04' }).success).toBe(false)
  })

  test('every reason that the page names can be given, and every one that is given is named', () => {
    const source = ['rate-input.ts', 'check-price.ts', 'check-metric.ts', 'pricing-refusal.ts']
      .map(name => file(`src/engines/billing/${name}`))
      .join('\n')
    const named = [
      ...file('docs/rate.md')
        .split('## Refusals')[1]!
        .matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g),
    ].map(match => match[1]!)
    for (const reason of named) expect(source).toContain(`'${reason}'`)
    const given = [...file('src/engines/billing/rate-input.ts').matchAll(/Refusal\([^,]+, '([a-z-]+)'\)/g)]
    expect(given.length).toBeGreaterThan(10)
    for (const match of given) expect(named).toContain(match[1]!)
  })
})
