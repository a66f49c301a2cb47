import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import {
  test as base,
  type ElectronApplication,
  _electron as electron,
  expect,
  type Page,
} from '@playwright/test'
import { findElectron } from '../../scripts/lib/electron-runtime.ts'
import { root } from '../../scripts/lib/run.ts'
import { type BillingMonth, makeBillingMonth } from './billing-month.ts'
import { freshAddress, runCli, signIn, startHost } from './host.ts'

export { expect } from '@playwright/test'

interface Desk {
  /** Opens the application in `page` at a route, signed in. */
  readonly open: (route?: string) => Promise<Page>
  /** True in Electron, false in the browser host. */
  readonly isElectron: boolean
  /** The files of the workspace `billing`; null for the others. */
  readonly billing: BillingMonth | null
}

interface Options {
  /**
   * `demo`: the shared demo workspace; leave it as you found it. `empty`: a workspace of this test's own.
   * `billing`: one of its own with sixty customers, before the usage of the month has come in.
   */
  workspace: 'demo' | 'empty' | 'billing'
}

type Served = { origin: string; session: string; close: () => Promise<void> }

async function serve(workspace: Options['workspace'], directory: string): Promise<Served> {
  if (workspace === 'demo') {
    // Set by Playwright from what the demo host prints (playwright.config.ts).
    const { QUARTERDECK_DEMO_ORIGIN: origin, QUARTERDECK_DEMO_SESSION: session } = process.env
    if (!origin || !session) throw new Error('The demo host is not running.')
    return { origin, session, close: async () => {} }
  }
  const host = await startHost(directory)
  return { ...(await signIn(host.url)), close: host.close }
}

async function launchElectron(
  workspace: Options['workspace'],
  directory: string,
): Promise<ElectronApplication> {
  const found = findElectron(join(root, 'node_modules/electron'), process.env)
  if ('missing' in found) throw new Error(`Cannot run in Electron: ${found.missing}.`)
  if (workspace === 'demo') await runCli(['demo', '--workspace', directory])
  return electron.launch({ executablePath: found.path, args: [root, '--workspace', directory] })
}

/** Specs take `desk` and run on both hosts. */
export const test = base.extend<Options & { desk: Desk }>({
  workspace: ['demo', { option: true }],
  desk: async ({ browser, workspace, contextOptions, viewport, locale, timezoneId }, use, info) => {
    const directory = mkdtempSync(join(tmpdir(), 'quarterdeck-e2e-'))
    const isElectron = info.project.name === 'electron'
    const faults: string[] = []
    const billing =
      workspace === 'billing' ? await makeBillingMonth(join(directory, 'workspace'), directory) : null
    const home = billing === null ? directory : join(directory, 'workspace')
    const watch = (page: Page): Page => {
      page.on('pageerror', error => faults.push(`${error.name}: ${error.message}`))
      page.on('console', message => {
        if (/Content Security Policy/i.test(message.text())) faults.push(message.text())
      })
      return page
    }
    try {
      if (isElectron) {
        const app = await launchElectron(workspace, home)
        const page = watch(await app.firstWindow())
        await use({
          isElectron,
          billing,
          open: async (route = '/') => {
            await page.goto(`app://quarterdeck/#${route}`)
            return page
          },
        })
        await app.close()
      } else {
        const served = await serve(workspace, home)
        const context = await browser.newContext({
          ...contextOptions,
          viewport,
          ...(locale === undefined ? {} : { locale }),
          ...(timezoneId === undefined ? {} : { timezoneId }),
          acceptDownloads: true,
        })
        await use({
          isElectron,
          billing,
          open: async (route = '/') => {
            const page = watch(await context.newPage())
            await page.goto(await freshAddress(served.origin, served.session))
            // The token stood where routes stand; the page has taken it out by now.
            await page.waitForURL(url => !url.hash.includes('token'))
            if (route !== '/') await page.goto(`${served.origin}/#${route}`)
            return page
          },
        })
        await context.close()
        await served.close()
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
    expect(faults, 'errors of the page and violations of its policy').toEqual([])
  },
})

/** Waits until nothing on the page is still on its way. */
export async function expectLoaded(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
}

/** What each page said when axe last found nothing in it. */
const sound = new WeakMap<Page, string>()
/** The rules of axe that a theme has to do with. */
const OF_COLOURS = { type: 'rule' as const, values: ['color-contrast', 'link-in-text-block'] }

/**
 * Fails when axe finds a serious or critical fault on the page, and names the elements. On a page that says what it
 * said when all rules held, only its colours can be wrong by now: those are looked at again.
 */
export async function expectAccessible(page: Page, isElectron = false): Promise<void> {
  const said = await page.evaluate(() => `${location.href} ${document.body.outerHTML}`)
  // What is right is only counted: to name each of its elements took most of the time on a page with a long table.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(isElectron)
    .options({
      resultTypes: ['violations'],
      ...(sound.get(page) === said ? { runOnly: OF_COLOURS } : {}),
    })
    .analyze()
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => [
      `${id}: ${help}`,
      ...nodes.map(({ target, failureSummary }) => `  ${target.join(' ')}: ${failureSummary}`),
    ])
  expect(grave.join('\n')).toBe('')
  sound.set(page, said)
}

export type Theme = 'light' | 'dark'

/** Shows the page as it is under this theme of the system. */
export async function setTheme(page: Page, theme: Theme): Promise<void> {
  // Behind another page, Chromium goes on giving some elements the colours that they had before, for a second.
  await page.bringToFront()
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  // What is measured next must be the theme that was asked for, and not the way to it.
  await page.evaluate(async () => {
    const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
    await frame()
    await frame()
    await Promise.allSettled(document.getAnimations().map(animation => animation.finished))
  })
}

/** Writes `docs/screenshots/<name>-<theme>.png` when QUARTERDECK_SCREENSHOTS is set; otherwise does nothing. */
export async function screenshot(page: Page, name: string, theme: Theme = 'light'): Promise<void> {
  if (!process.env.QUARTERDECK_SCREENSHOTS) return
  const folder = join(root, 'docs/screenshots')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled' })
}
