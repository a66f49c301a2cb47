import { defineConfig } from '@playwright/test'
import { findBrowser } from './scripts/lib/browser.ts'
import { usableElectron } from './scripts/lib/electron-runtime.ts'
import { root } from './scripts/lib/run.ts'

// Key files of the tests do not go where a person's are.
process.env.QUARTERDECK_HOME ??= `${root}test-results/home`

const executablePath = await findBrowser()
const electron = usableElectron(`${root}node_modules/electron`)

/**
 * The end-to-end tests run the built application in a real browser against the browser host, and the same
 * specs in Electron wherever its runtime is present.
 */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  fullyParallel: false,
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // Chromium's own sandbox does not run as root, where containers run their tests.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [{ name: 'browser' }, ...('path' in electron ? [{ name: 'electron' }] : [])],
  webServer: {
    command: 'node test/e2e/demo-host.ts',
    name: 'demo host',
    // The groups become environment variables (in capitals), where test/e2e/fixtures.ts finds the host and its session.
    wait: { stdout: /Demo host: (?<quarterdeck_demo_origin>\S+) (?<quarterdeck_demo_session>\S+)/ },
    stdout: 'pipe',
    // It fills a workspace with two years of a company first; a busy machine takes minutes over that.
    timeout: 300_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
  },
})
