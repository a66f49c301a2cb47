/**
 * Checks who imports what: `npm run layers`. First it plants one violation of every rule in a copy of the
 * layout and fails unless each is caught, because a checker that reads no module reports success.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  cruise,
  type ICruiseOptions,
  type ICruiseResult,
  type IForbiddenRuleType,
  type IModule,
} from 'dependency-cruiser'
import { root } from '../lib/run.ts'

const require = createRequire(import.meta.url)
const { forbidden, options } = require('../../.dependency-cruiser.cjs') as {
  forbidden: (IForbiddenRuleType & { name: string; comment: string })[]
  options: ICruiseOptions & { enhancedResolveOptions: object }
}

/** One file per rule that must be caught, named by the rule. Paths are inside the planted copy. */
export const PLANTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'shared-stands-alone': {
    'src/shared/a.ts': "export { b } from '#engines/b.ts'",
    'src/engines/b.ts': 'export const b = 1',
  },
  'shared-packages': { 'src/shared/a.ts': "export { Kysely } from 'kysely'" },
  'shared-no-node': { 'src/shared/a.ts': "export { readFileSync } from 'node:fs'" },
  'engines-decide': {
    'src/engines/a.ts': "export { b } from '#core/b.ts'",
    'src/core/b.ts': 'export const b = 1',
  },
  'engines-packages': { 'src/engines/a.ts': "export { Kysely } from 'kysely'" },
  'engines-no-node': { 'src/engines/a.ts': "export { readFileSync } from 'node:fs'" },
  'core-knows-no-host': {
    'src/core/a.ts': "export { b } from '#main/host/b.ts'",
    'src/main/host/b.ts': 'export const b = 1',
  },
  'desktop-starts-the-core-by-path': {
    'src/main/desktop/a.ts': "export { b } from '#core/b.ts'",
    'src/core/b.ts': 'export const b = 1',
  },
  'host-carries-the-core': {
    'src/main/host/a.ts': "export { b } from '#main/desktop/b.ts'",
    'src/main/desktop/b.ts': 'export const b = 1',
  },
  'serving-hands-the-core-on': {
    'src/serving/a.ts': "export { b } from '#main/host/b.ts'",
    'src/main/host/b.ts': 'export const b = 1',
  },
  'preload-hands-over': {
    'src/preload/a.ts': "export { b } from '#renderer/b.ts'",
    'src/renderer/b.ts': 'export const b = 1',
  },
  'preload-takes-types': {
    'src/preload/a.ts': "export { b } from '#shared/b.ts'",
    'src/shared/b.ts': 'export const b = 1',
  },
  'renderer-is-a-page': {
    'src/renderer/a.ts': "export { b } from '#core/b.ts'",
    'src/core/b.ts': 'export const b = 1',
  },
  'renderer-no-node': { 'src/renderer/a.ts': "export { readFileSync } from 'node:fs'" },
  'backend-carries-the-core': {
    'src/backend/a.ts': "export { b } from '#main/b.ts'",
    'src/main/b.ts': 'export const b = 1',
  },
  'electron-in-its-place': { 'src/core/a.ts': "export { app } from 'electron'" },
  'drivers-in-core-database': { 'src/main/host/a.ts': "export { Client } from 'pg'" },
  'no-circular': {
    'src/core/a.ts': "import { b } from './b.ts'\nexport const a = () => b",
    'src/core/b.ts': "import { a } from './a.ts'\nexport const b = () => a",
  },
  'no-orphans': { 'src/core/a.ts': 'export const a = 1' },
  'not-to-tests': {
    'src/core/a.ts': "export { b } from './b.test.ts'",
    'src/core/b.test.ts': 'export const b = 1',
  },
  'not-resolved': { 'src/core/a.ts': "export { b } from '#shared/missing.ts'" },
}

async function violations(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(
    ['src'],
    { ...options, baseDir, validate: true, ruleSet: { forbidden } },
    options.enhancedResolveOptions,
  )
  return output as ICruiseResult
}

/** Plants every violation by itself and returns the rules that did not catch theirs. */
export async function blindRules(): Promise<string[]> {
  const blind = forbidden.map(rule => rule.name).filter(name => !(name in PLANTED))
  for (const [rule, files] of Object.entries(PLANTED)) {
    const copy = mkdtempSync(join(tmpdir(), 'quarterdeck-layers-'))
    try {
      const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      writeFileSync(join(copy, 'package.json'), JSON.stringify({ type: 'module', imports }))
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(copy, path)), { recursive: true })
        writeFileSync(join(copy, path), `${text}\n`)
      }
      const { summary } = await violations(copy)
      if (!summary.violations.some(found => found.rule.name === rule)) blind.push(rule)
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  }
  return blind
}

/** Where the product begins; what none of them reaches is not part of it. */
const ENTRIES = [
  'src/main/index.ts',
  ...['core-process', 'worker', 'cli', 'browser-host'].map(name => `src/main/host/${name}.ts`),
  'src/preload/index.ts',
  'src/preload/unlock.ts',
  'src/renderer/main.tsx',
  'src/backend/main.ts',
  'src/backend/threads/worker.ts',
]
const NOT_PRODUCT = /\.test\.tsx?$|\/testing\/|\.d\.ts$|\.css$/

type Module = Pick<IModule, 'source' | 'dependencies'>

/** Modules of the product that no entry reaches, because only tests use them or nothing does. */
export function unreached(modules: readonly Module[], entries: readonly string[]): string[] {
  const bySource = new Map(modules.map(module => [module.source, module]))
  const reached = new Set<string>()
  const next = [...entries]
  for (let source = next.pop(); source !== undefined; source = next.pop()) {
    if (reached.has(source)) continue
    reached.add(source)
    next.push(...(bySource.get(source)?.dependencies ?? []).map(({ resolved }) => resolved))
  }
  return modules
    .map(({ source }) => source)
    .filter(source => source.startsWith('src/') && !reached.has(source))
    .filter(source => !NOT_PRODUCT.test(source))
}

/** Proves the rules, checks the source, and resolves to the exit code. */
export async function main(): Promise<number> {
  const blind = await blindRules()
  if (blind.length > 0) {
    console.error(`Layers: these rules do not catch what they forbid: ${blind.join(', ')}.`)
    return 1
  }
  const { summary, modules } = await violations(root)
  if (summary.totalCruised === 0) {
    console.error('Layers: no module was read, so nothing was checked.')
    return 1
  }
  for (const { from, to, rule, cycle } of summary.violations) {
    const comment = forbidden.find(({ name }) => name === rule.name)?.comment
    const path = cycle ? [from, ...cycle.map(step => step.name)].join(' → ') : `${from} → ${to}`
    console.error(`${rule.name}: ${rule.name === 'no-orphans' ? from : path}\n  ${comment}`)
  }
  const dead = unreached(modules, ENTRIES)
  for (const source of dead)
    console.error(`unreached: ${source}\n  No entry reaches it. Use it or remove it.`)
  console.log(
    `Layers: ${summary.totalCruised} modules, ${forbidden.length} rules proved on planted violations, ${summary.violations.length + dead.length} violations.`,
  )
  return summary.violations.length + dead.length === 0 ? 0 : 1
}
