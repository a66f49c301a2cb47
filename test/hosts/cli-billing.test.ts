import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EXIT } from '#main/host/cli/exit-codes.ts'
import { runCli } from '#main/host/cli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-cli-billing-'))
  vi.stubEnv('QUARTERDECK_HOME', root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Runs a command on the workspace of this test; its result as JSON where it gives one. */
async function q(...args: string[]): Promise<{ code: number; out: string; err: string; json: never }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const text = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? ''
  stdin.end()
  const io = { stdout: stdout as never, stderr: stderr as never, stdin: stdin as never }
  const code = await runCli(
    ['--workspace', join(root, 'w'), '--quiet', ...args],
    { version: '1.2.3' },
    { ...io, env: process.env, cwd: () => root },
  )
  const [out, err] = [text(stdout), text(stderr)]
  return {
    code,
    out,
    err,
    json: (args.includes('--json') && out !== '' ? JSON.parse(out) : undefined) as never,
  }
}

interface Listed {
  invoices: { id: string; number: string | null; state: string; total: string; customer: string }[]
  refused: { code: string; customer: string }[]
  count: number
}

const file = (name: string, content: string) => writeFileSync(join(root, name), content)

/** Two customers on one plan, of whom one used something in January 2024. */
async function company(): Promise<void> {
  expect((await q('setup', '--name', 'Acme', '--admin', 'Ada <ada@example.com>', '--zone', 'UTC')).err).toBe(
    '',
  )
  const { recoveryKey } = (await q('keys', 'recovery', '--json')).json as { recoveryKey: string }
  await q('keys', 'recovery', '--confirm', recoveryKey)
  file(
    'plans.json',
    JSON.stringify({
      format: 'quarterdeck-catalogue-1',
      metrics: [
        {
          ...{
            key: 'calls',
            name: 'API calls',
            unit: 'calls',
            scale: 0,
            aggregation: 'sum',
            excess: 'refuse',
          },
          ...{ groupBy: [], active: true },
        },
      ],
      plans: [
        {
          ...{ key: 'pro', name: 'Pro', description: '' },
          version: {
            prices: [
              {
                ...{ key: 'base', name: 'Base fee', currency: 'USD', due: 'arrears' },
                charge: { model: 'flat', amount: '99' },
              },
              {
                ...{ key: 'calls', name: 'API calls', metric: 'calls', currency: 'USD' },
                charge: { model: 'standard', unit: '0.01' },
              },
            ],
          },
        },
      ],
    }),
  )
  file(
    'customers.csv',
    'key,name,country,currency,zone,plan,started_at\nglobex,Globex,US,USD,UTC,pro,2024-01-01\ntyrell,Tyrell,US,USD,UTC,pro,2024-01-01\n',
  )
  file(
    'usage.jsonl',
    '{"id":"1","customer":"globex","metric":"calls","quantity":"250","at":"2024-01-05T10:00:00Z"}\n',
  )
  for (const args of [
    ['plans', 'import', 'plans.json'],
    ['customers', 'import', 'customers.csv'],
    ['usage', 'import', 'usage.jsonl'],
  ]) {
    const ran = await q(...args)
    expect(ran.err).toBe('')
    expect(ran.code).toBe(EXIT.ok)
  }
}

describe('closing and invoicing by the command line', () => {
  it('closes a month, approves and issues, and closing again changes nothing', async () => {
    await company()
    expect((await q('close', '--period', '2024-13')).code).toBe(EXIT.usage)
    expect((await q('close', '--period', '2999-01', '--json')).code).toBe(EXIT.refused)

    const dry = (await q('close', '--period', '2024-01', '--dry-run', '--json')).json as Run
    expect(dry).toMatchObject({ state: 'done', dryRun: true, report: { drafts: 2, lines: 3 } })
    expect(((await q('invoices', '--json')).json as Listed).count).toBe(0)
    const ran = await q('close', '--period', '2024-01')
    expect(ran.code).toBe(EXIT.ok)
    // 2 × 99 and 250 × 0.01, with 8 % tax on each line.
    expect(ran.out).toContain('216.54')
    // Two drafts are left, so that the month is not ready: its exit code says so.
    const left = await q('month-end', '--period', '2024-01', '--json')
    expect(left.code).toBe(EXIT.verification)
    const { ready, steps } = left.json as { ready: boolean; steps: { step: string; count: number }[] }
    expect([ready, steps.find(one => one.step === 'drafts')?.count]).toEqual([false, 2])
    expect((await q('month-end', '--period', '2024-01')).out).toMatch(
      /drafts +todo +2 +2 doubtful, 2 unassigned/,
    )
    const again = (await q('close', '--period', '2024-01', '--json')).json as Run
    expect(again).toMatchObject({ report: { drafts: 0, extended: 0, lines: 0 } })

    const listed = (await q('invoices', 'list', '--period', '2024-01', '--doubtful', '--json')).json as Listed
    expect(listed.invoices.map(one => [one.customer, one.state, one.total])).toEqual([
      ['Globex', 'draft', '10962'],
      ['Tyrell', 'draft', '10692'],
    ])
    // First invoices are in doubt, so none is clean.
    const clean = (await q('invoices', 'approve', '--clean', '--period', '2024-01', '--json')).json as Listed
    expect(clean).toEqual({ invoices: [], refused: [] })
    const [globex, tyrell] = listed.invoices
    const both = await q('invoices', 'approve', globex!.id, tyrell!.id, '--json')
    expect((both.json as Listed).invoices.map(one => one.state)).toEqual(['approved', 'approved'])
    const twice = await q('invoices', 'approve', globex!.id, '--json')
    expect(twice.code).toBe(EXIT.refused)
    expect((twice.json as Listed).refused).toMatchObject([
      { customer: 'Globex', code: 'BILLING_INVOICE_STATE' },
    ])
    const issued = (await q('invoices', 'issue', '--approved', '--period', '2024-01', '--json'))
      .json as Listed
    const numbers = issued.invoices.map(one => one.number!)
    expect(numbers.map(number => number.slice(-6))).toEqual(['-00001', '-00002'])

    // Where nothing else is set every correction asks another person.
    const credit = ['invoices', 'credit', numbers[0]!, '--reason', 'Wrong plan', '--amount', '12.50']
    const asked = (await q(...credit, '--json')).json as { approvalId: string; creditNoteId: null }
    expect(asked).toMatchObject({ creditNoteId: null, approvalId: expect.any(String) })
    expect((await q('approvals')).out).toContain(asked.approvalId)
    expect((await q('approvals', 'approve', asked.approvalId)).code).toBe(EXIT.refused)
    expect((await q('settings', 'set', 'billing.creditLimit', '1000')).code).toBe(EXIT.ok)
    expect((await q(...credit)).out).toMatch(/issued, credit note /)
    const gone = await q('invoices', 'void', numbers[1]!, '--reason', 'Never ordered')
    expect(gone.out).toContain('asked for an approval')

    const shown = await q('invoices', 'show', numbers[0]!)
    expect(shown.out).toContain('Globex')
    expect(shown.out).toMatch(/API calls +usage .* 250 +calls +2\.50/)
    expect((await q('invoices', 'show', 'INV-1999-00001')).code).toBe(EXIT.notFound)
    expect((await q('invoices', 'approve')).code).toBe(EXIT.usage)
    expect((await q('invoices', 'issue', '--approved')).code).toBe(EXIT.usage)
  })
})

interface Run {
  state: string
  dryRun: boolean
  report: { drafts: number; extended: number; lines: number }
}
