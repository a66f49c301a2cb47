import { fork } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { testPostgres } from '#test/kit/backend-kit.ts'
const db = await testPostgres()
const home = mkdtempSync(join(tmpdir(), 'probe-'))
const child = fork('/work/main/bench/backend-server.ts', [], { execArgv: ['--trace-gc', ...process.argv.slice(2)], env: { ...process.env, QUARTERDECK_BACKEND_HOME: home, QUARTERDECK_BACKEND_PORT: '0', DATABASE_URL: db.url, DATABASE_MIGRATION_URL: '' }, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
let out = ''; child.stdout!.on('data', d => out += d)
const ready: any = await new Promise(r => child.once('message', r))
const headers = { authorization: `Bearer ${ready.secret}`, 'content-type': 'application/json' }
for (const path of (process.env.PATHS ?? '/healthz,/nothing,/billing/usage/quota-check/nobody/calls,/billing/usage/quota-check/ID/calls?quantity=1').split(',')) {
  out = ''
  const times: number[] = []
  const a: any = autocannon({ url: ready.url + path.replace('ID', ready.customer), headers, connections: 10, duration: 10, overallRate: 500 })
  a.on('response', (_c: any, _s: any, _b: any, t: number) => times.push(t)); const r = await a
  times.sort((x, y) => x - y)
  console.log(path, 'bad', r.non2xx, 'p99', times[Math.floor(times.length * .99)]!.toFixed(1), out.split('\n').filter(l => l.includes('Scav')).slice(-3).map(l => l.replace(/.*ms: Scavenge/, '').slice(0, 60)).join('\n   '))
}
const over = new Promise(r => child.once('exit', r)); child.send('stop'); await over
await db.drop()
