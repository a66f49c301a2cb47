import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { EXIT } from '#main/host/cli/exit-codes.ts'
import { runCli } from '#main/host/cli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-cli-usage-'))
  vi.stubEnv('QUARTERDECK_HOME', root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

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

it('quarterdeck usage: brings files in, records from standard input, shows receipts', async () => {
  await q('', 'setup', '--name', 'Acme', '--admin', 'Ada <ada@example.com>', '--zone', 'UTC')
  const event = '{"id":"e1","customer":"acme","metric":"calls","quantity":3,"timestamp":1700000000}\n'
  const early = await q(event, 'usage', 'record')
  expect(early.code).toBe(EXIT.refused)
  expect(early.err).toContain('quarterdeck keys recovery')
  const { recoveryKey } = JSON.parse((await q('', 'keys', 'recovery', '--json')).out) as {
    recoveryKey: string
  }
  await q('', 'keys', 'recovery', '--confirm', recoveryKey)
  writeFileSync(
    join(root, 'customers.csv'),
    'key,name,email,country,currency\nacme,Acme,a@example.com,DE,USD\n',
  )
  expect((await q('', 'customers', 'import', 'customers.csv')).err).toBe('')
  const metric = { key: 'calls', name: 'Calls', unit: 'calls', aggregation: 'sum', scale: 0 }
  const catalogue = {
    format: 'quarterdeck-catalogue-1',
    metrics: [{ ...metric, excess: 'refuse', groupBy: [], active: true }],
    plans: [],
  }
  writeFileSync(join(root, 'plans.json'), JSON.stringify(catalogue))
  expect((await q('', 'plans', 'import', 'plans.json')).err).toBe('')

  const recorded = await q(`${event}${event.replace('e1', 'e2')}`, 'usage', 'record', '--json')
  expect(JSON.parse(recorded.out)).toEqual({ stored: 2, duplicates: 0, late: 0 })
  expect((await q(event, 'usage', 'record')).out).toBe('0 events stored, 1 known already, 0 late.\n')
  const other = await q(event.replace(':3', ':4'), 'usage', 'record')
  expect(other.code).toBe(EXIT.refused)
  expect(other.err).toContain('e1 (conflict)')
  expect((await q('{"id":1', 'usage', 'record')).err).toContain('line 1')
  expect((await q('', 'usage', 'record')).code).toBe(EXIT.refused)

  writeFileSync(
    join(root, 'u.csv'),
    'id,customer,metric,quantity,at\ne2,acme,calls,3,1700000000\ne3,acme,calls,5,1700000000\nx,acme,none,1,1700000000\n',
  )
  const refused = await q('', 'usage', 'import', 'u.csv')
  expect(refused.code).toBe(EXIT.refused)
  const id = /usage imports ([0-9a-f-]{36})/.exec(refused.err)?.[1] ?? ''
  const shown = await q('', 'usage', 'imports', id)
  expect(shown.out).toContain('line 4 metric: There is no metric of this key in use.')
  const good = await q('', 'usage', 'import', '--mode', 'good-rows', 'u.csv', '--json')
  expect(JSON.parse(good.out)).toMatchObject([
    { state: 'stored', read: '3', stored: '1', duplicates: '1', refused: '1' },
  ])
  expect((await q('', 'usage', 'imports')).out).toMatch(/u\.csv +stored +1 +1 +1 /)
  expect((await q('', 'usage', 'import', 'nowhere.csv')).code).toBe(EXIT.notFound)
})
