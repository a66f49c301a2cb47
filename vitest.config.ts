import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Branches of the two floors where decisions are made and kept; gated in CI. */
const DECISIONS = { branches: 95 }

// Tests start processes and threads that read our sources: what was compiled once is kept for the next.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/quarterdeck/compiled', import.meta.url),
)

const BESIDE_THE_CODE = ['src/**/*.test.{ts,tsx}']
const here = fileURLToPath(new URL('.', import.meta.url))
const saying = (words: RegExp) =>
  globSync(BESIDE_THE_CODE, { cwd: here }).filter(file => words.test(readFileSync(`${here}${file}`, 'utf8')))
/** Tests that run on each database, or on PGlite alone. */
const onEach = saying(/\bDATABASES\b/)
const onPglite = saying(/'pglite'|embedded-postgres/)

/**
 * The files of a worker share its modules and its PGlite, which takes seconds to start: no module of ours keeps
 * state, and the test kit leaves a database as it was.
 */
const SHARED = { isolate: false }

export default defineConfig({
  resolve: {
    // Importing the real package outside Electron starts a download, so no test may ever reach it.
    alias: { electron: fileURLToPath(new URL('test/desktop/electron-double.ts', import.meta.url)) },
  },
  test: {
    environment: 'node',
    pool: 'forks',
    // Most time goes into waiting for disks and processes: a worker for every core, not one fewer.
    maxWorkers: '100%',
    globalSetup: [fileURLToPath(new URL('test/kit/scratch.ts', import.meta.url))],
    restoreMocks: true,
    unstubEnvs: true,
    // Two cores, shared with a browser or a second suite: a slow machine is not a defect.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          ...SHARED,
          name: 'unit',
          include: BESIDE_THE_CODE,
          exclude: onPglite.filter(file => !onEach.includes(file)),
          env: { QUARTERDECK_TEST_DATABASE: 'sqlite' },
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...SHARED,
          name: 'pglite',
          include: [...new Set([...onEach, ...onPglite])],
          env: { QUARTERDECK_TEST_DATABASE: 'pglite' },
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/e2e/**'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      reportsDirectory: 'coverage',
      reportOnFailure: true,
      reporter: ['text-summary', 'json-summary', 'html'],
      include: ['src/engines/**/*.ts', 'src/core/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts', '**/testing/**'],
      thresholds: { 'src/engines/**': DECISIONS, 'src/core/**': DECISIONS },
    },
  },
})
