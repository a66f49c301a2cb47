import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EXIT } from '#main/host/cli/exit-codes.ts'
import { runCli } from '#main/host/cli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-cli-catalogue-'))
  vi.stubEnv('QUARTERDECK_HOME', root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Runs a command on the workspace of this test, with something on its standard input. */
async function q(input: string, ...args: string[]) {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const text = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? ''
  stdin.end(input)
  const io = { stdout: stdout as never, stderr: stderr as never, stdin: stdin as never }
  const code = await runCli(
    ['--workspace', join(root, 'w'), '--quiet', ...args],
    { version: '1.2.3' },
    { ...io, env: process.env, cwd: () => root },
  )
  return { code, out: text(stdout), err: text(stderr) }
}

const price = { currency: 'USD', charge: { model: 'standard', unit: '0.02', free: '100' } }

describe('quarterdeck rate', () => {
  it('rates what is on standard input, without a workspace', async () => {
    const { code, out } = await q(JSON.stringify({ price, quantity: '1234', taxRate: '0.08' }), 'rate')
    expect(code).toBe(EXIT.ok)
    // (1234 − 100) × 0.02 = 22.68; 8 % of it is 1.8144.
    expect(JSON.parse(out)).toMatchObject({ amount: '22.68', tax: '1.81', total: '24.49', exact: '22.68' })
  })

  it('reads a file, and says what is wrong by its exit code', async () => {
    writeFileSync(join(root, 'price.json'), JSON.stringify({ price, quantity: '100' }))
    expect(JSON.parse((await q('', 'rate', 'price.json')).out)).toMatchObject({ amount: '0.00' })
    expect((await q('not json', 'rate')).code).toBe(EXIT.usage)
    const partial = await q('{"price": {"currency": "USD"}}', 'rate')
    expect(partial.code).toBe(EXIT.usage)
    expect(partial.err).toContain('price.charge')
    const senseless = await q(JSON.stringify({ price }), 'rate')
    expect(senseless).toMatchObject({ code: EXIT.refused, out: '' })
    expect(senseless.err).toContain('a quantity or events are missing')
    expect((await q('', 'rate', 'nowhere.json')).code).toBe(EXIT.notFound)
  })
})

describe('quarterdeck plans and customers', () => {
  it('brings default plans and a file of customers in, once, and names the lines that it refuses', async () => {
    const admin = 'Ada <ada@example.com>'
    await q('', 'setup', '--name', 'Acme', '--admin', admin, '--zone', 'UTC')
    const made = JSON.parse((await q('', 'keys', 'recovery', '--json')).out) as { recoveryKey: string }
    await q('', 'keys', 'recovery', '--confirm', made.recoveryKey)

    expect((await q('', 'plans', 'defaults')).out).toBe('Plans added 4, metrics added 8.\n')
    expect((await q('', 'plans', 'defaults')).out).toBe('Plans added 0, metrics added 0.\n')
    expect((await q('', 'plans', 'export', 'plans.json')).code).toBe(EXIT.ok)
    const document = JSON.parse(readFileSync(join(root, 'plans.json'), 'utf8'))
    expect(document.plans).toHaveLength(4)
    document.plans[0].version.note = 'dearer'
    const taken = await q(JSON.stringify(document), 'plans', 'import', '--json')
    expect(JSON.parse(taken.out)).toEqual({ metrics: 0, plans: 0, versions: 1, unchanged: 3 })
    expect((await q('{"format":"other"}', 'plans', 'import')).code).toBe(EXIT.usage)

    const head = 'key,name,country,plan,started_at\n'
    writeFileSync(
      join(root, 'bad.csv'),
      `${head}a,Ada & Co,US,starter,2026-01-01\nb,Bob,US,none,2026-01-01\n`,
    )
    const refused = await q('', 'customers', 'import', 'bad.csv')
    expect(refused.code).toBe(EXIT.refused)
    expect(refused.out).toContain('line 3 plan “none”: there is no plan none')
    expect(JSON.parse((await q('', 'customers', 'list', '--json')).out)).toEqual([])

    writeFileSync(join(root, 'good.csv'), `${head}a,Ada & Co,US,starter,2026-01-01\n`)
    const tried = await q('', 'customers', 'import', '--dry-run', 'good.csv')
    expect(tried).toMatchObject({ code: EXIT.ok, out: expect.stringContaining('would come in') })
    expect((await q('', 'customers', 'import', 'good.csv')).out).toContain('new 1, changed 0')
    expect((await q('', 'customers', 'import', 'good.csv')).out).toContain(
      'new 0, changed 0, known already 1',
    )
    const { out } = await q('', 'customers', 'list')
    expect(out.split('\n')[1]).toMatch(/^a\s+Ada & Co\s+Starter\s+active\s+-\s+USD\s+-$/)
    expect((await q('', 'customers', 'import', 'nowhere.csv')).code).toBe(EXIT.notFound)

    // How its invoices are made: an amount as everywhere else, and one invoice for each subscription.
    const minimum = (...more: string[]) => q('', 'customers', 'minimum', 'a', ...more)
    expect((await minimum()).out).toBe('None.\n')
    expect((await minimum('--amount', '500.5')).out).toBe('500.50 USD (customer)\n')
    expect(await minimum('--amount', '500.505')).toMatchObject({ code: EXIT.usage, out: '' })
    expect((await minimum('--amount', '-1')).code).toBe(EXIT.usage)
    expect((await minimum('--inherit')).out).toBe('None.\n')
    const invoices = (...more: string[]) => q('', 'customers', 'invoices', 'a', ...more)
    expect((await invoices()).out).toBe('together\n')
    expect((await invoices('--set', 'by-subscription')).out).toBe('by-subscription\n')
    expect(JSON.parse((await invoices('--json')).out)).toMatchObject({
      ...{ invoices: 'by-subscription', minimum: null, changed: { by: { name: 'Ada' } } },
    })
    expect((await invoices('--set', 'apart')).code).toBe(EXIT.usage)
    expect((await q('', 'customers', 'invoices', 'nobody')).code).toBe(EXIT.notFound)
  })
})
