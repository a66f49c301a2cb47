import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEEPEST } from '#backend/http/json-body.ts'
import { DEFAULT_LIMITS } from '#backend/http/limits.ts'
import { type HttpWorld, httpWorld } from '#test/kit/http-kit.ts'

const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
const examples = [...text.matchAll(/```sh\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g)].map(
  ([, command, answer], place) => ({
    place,
    command: command as string,
    answer: JSON.parse(answer as string),
  }),
)

let t: HttpWorld
let bearer: string
beforeAll(async () => {
  t = await httpWorld()
  bearer = await t.first.bearer('admin')
})
afterAll(() => t.close())

describe('docs/api.md', () => {
  test('has examples, and each has its answer', () => {
    expect(examples.length).toBe(text.match(/```sh/g)?.length)
    expect(examples.length).toBeGreaterThan(7)
  })

  test.each(examples)('example $place answers as it says', async ({ command, answer }) => {
    const environment = { ...process.env, QUARTERDECK: t.url, TOKEN: bearer.replace('Bearer ', '') }
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { env: environment })
    // Of several commands the last one's answer is shown.
    const last = stdout.slice(stdout.lastIndexOf('}{') + 1)
    expectLike(JSON.parse(last), answer, '')
  })

  test('states the limits that there are', () => {
    const { perPrincipal, perAddress, refusedPerAddress, body, arrival, answer } = DEFAULT_LIMITS
    for (const said of [
      `${perPrincipal.toLocaleString('en')} a minute`,
      `${perAddress.toLocaleString('en')} a minute`,
      `${refusedPerAddress} a minute`,
      `${body / 2 ** 20} MiB`,
      `${DEEPEST} containers`,
      `${arrival / 1000} seconds`,
      `${answer / 1000} seconds`,
    ])
      expect(text).toContain(said)
  })
})

/** The same members with values of the same kind; words and numbers that are no ids are the same. */
function expectLike(actual: unknown, said: unknown, where: string): void {
  if (Array.isArray(said)) {
    expect(Array.isArray(actual), where).toBe(true)
    for (const [place, item] of said.entries())
      expectLike((actual as unknown[])[place], item, `${where}.${place}`)
  } else if (said !== null && typeof said === 'object') {
    for (const [name, member] of Object.entries(said))
      expectLike((actual as Record<string, unknown>)?.[name], member, `${where}.${name}`)
  } else if (typeof said === 'string' && /[0-9a-f]{8}-[0-9a-f]{4}-|^\d{13}$/.test(said)) {
    expect(typeof actual, where).toBe('string')
  } else expect(actual, where).toEqual(said)
}
