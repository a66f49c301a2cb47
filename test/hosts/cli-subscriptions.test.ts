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
  root = mkdtempSync(join(tmpdir(), 'qd-cli-subscriptions-'))
  vi.stubEnv('QUARTERDECK_HOME', root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Runs a command on the workspace of this test. */
async function q(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const text = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? ''
  stdin.end()
  const io = { stdout: stdout as never, stderr: stderr as never, stdin: stdin as never }
  const code = await runCli(
    ['--workspace', join(root, 'w'), '--quiet', ...args],
    { version: '1.2.3' },
    { ...io, env: process.env, cwd: () => root },
  )
  return { code, out: text(stdout), err: text(stderr) }
}

/** A customer on a plan of 30.00 a month, and a plan of 60.00. */
async function company(): Promise<void> {
  const person = ['--admin', 'Ada <ada@example.com>', '--zone', 'UTC']
  expect((await q('setup', '--name', 'Acme', ...person)).code).toBe(EXIT.ok)
  const { recoveryKey } = JSON.parse((await q('keys', 'recovery', '--json')).out) as { recoveryKey: string }
  await q('keys', 'recovery', '--confirm', recoveryKey)
  const plan = (key: string, name: string, amount: string) => ({
    ...{ key, name, description: '' },
    version: {
      prices: [{ key: 'base', name: 'Base fee', currency: 'USD', charge: { model: 'flat', amount } }],
    },
  })
  const catalogue = {
    ...{ format: 'quarterdeck-catalogue-1', metrics: [] },
    plans: [plan('pro', 'Pro', '30'), plan('max', 'Max', '60')],
  }
  writeFileSync(join(root, 'plans.json'), JSON.stringify(catalogue))
  const head = 'key,name,country,currency,zone,plan,started_at\n'
  writeFileSync(join(root, 'customers.csv'), `${head}globex,Globex,US,USD,UTC,pro,2024-01-01\n`)
  expect((await q('plans', 'import', 'plans.json')).err).toBe('')
  expect((await q('customers', 'import', 'customers.csv')).err).toBe('')
}

describe('subscriptions by the command line', () => {
  it('are listed, changed with a look before, shown, taken back and cancelled', async () => {
    await company()
    const list = await q('subscriptions', 'list', '--state', 'active')
    expect(list.out).toMatch(/globex +Pro +active +month +1 +30\.00 USD/)
    expect((await q('subscriptions', 'list', '--customer', 'nobody', '--json')).out).toContain('[]')

    const later = ['globex', '--plan', 'max', '--seats', '2', '--at-period-end']
    const preview = await q('subscriptions', 'change', ...later, '--preview')
    expect(preview.out).toContain('30.00 USD by the month, then 120.00 USD by the month')
    expect((await q('subscriptions', 'show', 'globex')).out).not.toContain('Max')

    expect((await q('subscriptions', 'change', ...later)).code).toBe(EXIT.ok)
    const shown = JSON.parse((await q('subscriptions', 'show', 'globex', '--json')).out) as {
      subscription: { id: string; phases: unknown[] }
      changes: { id: string; change: { kind: string } }[]
    }
    expect(shown.subscription.phases).toHaveLength(2)
    expect(shown.changes.map(made => made.change.kind)).toEqual(['terms'])
    const back = await q('subscriptions', 'take-back', shown.changes[0]!.id)
    expect(back.out).not.toContain('Max')

    const ended = await q('subscriptions', 'cancel', 'globex', '--at', '2024-02-01', '--settlement', 'none')
    expect(ended.out).toMatch(/active +Pro 1 +1 +2024-01-01 +2024-02-01/)
    const again = await q('subscriptions', 'change', shown.subscription.id, '--seats', '3')
    expect(again.code).not.toBe(EXIT.ok)
    expect((await q('subscriptions', 'note', '--json')).out).toContain('jobId')
  })

  it('refuses what it does not understand', async () => {
    await company()
    expect((await q('subscriptions', 'change', 'globex')).code).toBe(EXIT.usage)
    expect((await q('subscriptions', 'change', 'globex', '--seats', '0')).code).toBe(EXIT.usage)
    expect((await q('subscriptions', 'cancel', 'globex', '--at', 'soon')).code).toBe(EXIT.usage)
    expect((await q('subscriptions', 'show', 'nobody')).err).toContain('nobody')
    expect((await q('subscriptions', 'change', 'globex', '--plan', 'none')).code).not.toBe(EXIT.ok)
  })
})
