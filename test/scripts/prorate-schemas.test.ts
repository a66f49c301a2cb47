import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { prorateInput } from '#engines/billing/prorate-input.ts'
import { ProrateInput } from '#shared/contract/billing/prorate.ts'
import { root } from '../../scripts/lib/run.ts'

const file = (path: string) => readFileSync(join(root, path), 'utf8')
const published = (path: string) => z.fromJSONSchema(JSON.parse(file(`docs/schemas/${path}.schema.json`)))
const page = file('docs/prorate.md')
const [input, output] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(match => JSON.parse(match[1]!))

describe('the page and the published schemas of quarterdeck prorate', () => {
  test('the page says what the engine gives, and its examples fit the schemas', () => {
    expect(prorateInput(ProrateInput.parse(input))).toEqual(output)
    expect(published('prorate-input').safeParse(input).success).toBe(true)
    expect(published('prorate-output').safeParse(output).success).toBe(true)
    expect(published('prorate-input').safeParse({ ...input, amount: 99 }).success).toBe(false)
  })

  test('every reason that is given is named', () => {
    const named = new Set([...page.matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g)].map(match => match[1]!))
    const source = file('src/engines/billing/prorate-input.ts')
    const given = [...source.matchAll(/Refusal\([^,]+, '([a-z-]+)'\)/g)].map(match => match[1]!)
    expect(given.length).toBeGreaterThan(5)
    for (const reason of given) expect(named).toContain(reason)
  })
})
