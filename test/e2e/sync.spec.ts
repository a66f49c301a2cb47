import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Locator, type Page } from '@playwright/test'
import { cli, makeBillingMonth } from './billing-month.ts'
import { expect, expectAccessible, screenshot, setTheme } from './fixtures.ts'
import { freshAddress, signIn, startHost } from './host.ts'
import { type CutNetwork, cutNetwork, startServer, type TestBackend } from './server.ts'

/** Long enough for a pause between two tries to end. */
const PATIENCE = { timeout: 90_000 }
const APPROVED_OFFLINE = 30

interface Harbour {
  readonly server: TestBackend
  readonly network: CutNetwork
  /** Opens a desk on a workspace of this name, in a page of its own. */
  desk(name: string): Promise<Page>
}

/** A server, a network that can be cut, and desks, each with its own workspace. */
const test = base.extend<{ harbour: Harbour; folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for an object
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-sync-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  harbour: async ({ browser, folder, viewport, locale, timezoneId }, use, info) => {
    test.skip(info.project.name === 'electron', 'three desks need three browser hosts')
    const server = await startServer(folder)
    const network = await cutNetwork(server.url)
    const closers: (() => Promise<unknown>)[] = []
    await use({
      server,
      network,
      async desk(name) {
        const host = await startHost(join(folder, name))
        const { origin, session } = await signIn(host.url)
        const context = await browser.newContext({
          viewport,
          ...(locale === undefined ? {} : { locale }),
          ...(timezoneId === undefined ? {} : { timezoneId }),
        })
        closers.push(() => context.close().then(() => host.close()))
        const page = await context.newPage()
        await page.goto(await freshAddress(origin, session))
        await page.waitForURL(url => !url.hash.includes('token'))
        return page
      },
    })
    for (const close of closers) await close()
    await network.close()
    await server.close()
  },
})

const strip = (page: Page): Locator => page.getByRole('contentinfo')
const to = (page: Page, route: string) => page.goto(`${new URL(page.url()).origin}/#${route}`)

/** Looks at a page as it is in both themes, wide and narrow. */
async function look(page: Page, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme)
    await expectAccessible(page)
    await screenshot(page, name, theme)
  }
}

/** Connects the page's workspace from the form with the address; a person confirms the code at the server. */
async function connect(page: Page, harbour: Harbour, url: string, name?: string): Promise<void> {
  await page.getByLabel('Address of the server').fill(url)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  const code = page.getByRole('status', { name: 'Code' })
  await expect(code).toHaveText(/^[A-Z]{4}-[A-Z]{4}$/)
  if (name) await look(page, name)
  await harbour.server.confirm((await code.textContent())!)
}

/** A fresh desk takes the workspace of the server, and somebody works on it. */
async function takeFromServer(page: Page, harbour: Harbour, url: string): Promise<void> {
  await page.getByRole('button', { name: 'Give its address' }).click()
  await connect(page, harbour, url)
  const ada = page.getByRole('button', { name: /Ada Lovelace/ }).first()
  await expect(ada).toBeVisible(PATIENCE)
  if (await page.getByText('Who is working here?').isVisible()) await ada.click()
  await expect(strip(page).getByText('Online')).toBeVisible(PATIENCE)
}

test('sync.connection.begin: three desks and a server, and what one does the others see', async ({
  harbour,
}) => {
  test.setTimeout(300_000)
  const [first, second, third] = [
    await harbour.desk('first'),
    await harbour.desk('second'),
    await harbour.desk('third'),
  ]
  for (const page of [first, second, third]) await takeFromServer(page, harbour, harbour.server.url)
  for (const page of [first, second, third]) await to(page, '/workspace/people')
  await first.getByRole('button', { name: /^Add/ }).click()
  const dialog = first.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Grace Hopper')
  await dialog.getByLabel(/mail/).fill('grace@harbour.example')
  await dialog.getByRole('button', { name: /^Add/ }).click()
  for (const page of [second, third])
    await expect(page.getByRole('gridcell', { name: 'Grace Hopper' })).toBeVisible(PATIENCE)
  await to(second, '/workspace/connection')
  await expect(second.getByText('are here at once')).toBeVisible(PATIENCE)
  await look(second, 'connection')
})

test('billing.invoice.approve: thirty drafts without a network, while somebody else changes one of them', async ({
  harbour,
  folder,
}) => {
  test.setTimeout(900_000)
  const { october } = await makeBillingMonth(join(folder, 'train'), folder)
  const at = ['--workspace', join(folder, 'train')]
  await cli(['usage', 'import', ...at, october])
  await cli(['close', ...at, '--period', '2026-10'])

  // The workspace goes up to the empty one of the server; another desk takes it from there.
  const train = await harbour.desk('train')
  await to(train, '/workspace/connection')
  await connect(train, harbour, harbour.network.url, 'connecting')
  await expect(strip(train).getByText('Online')).toBeVisible(PATIENCE)
  const office = await harbour.desk('office')
  await takeFromServer(office, harbour, harbour.server.url)
  await to(office, '/billing/invoices?month=2026-10')
  await expect(office.getByText('60 drafts', { exact: true })).toBeVisible(PATIENCE)

  // On the train, where there is no network.
  await to(train, '/billing/invoices?month=2026-10')
  const grid = train.getByRole('grid', { name: 'Invoices' })
  const active = grid.locator('[role=row][data-active=true]')
  await expect(active).toBeVisible(PATIENCE)
  harbour.network.cut()
  await expect(strip(train).getByText(/Offline since/)).toBeVisible(PATIENCE)
  const approved: string[] = []
  for (let n = 0; n < APPROVED_OFFLINE; n++) {
    const name = (await active.getByRole('gridcell').nth(1).textContent())!
    await train.keyboard.press('a')
    await expect(train.getByText(`${name} is approved.`)).toBeVisible()
    await expect(active).not.toContainText(name)
    approved.push(name)
  }
  await expect(strip(train).getByText(`${APPROVED_OFFLINE} changes wait to be sent`)).toBeVisible()
  await look(train, 'offline-review')

  // In the office somebody holds one of them meanwhile.
  const held = approved[7]!
  const officeGrid = office.getByRole('grid', { name: 'Invoices' })
  await officeGrid.getByRole('row').filter({ hasText: held }).first().getByRole('gridcell').nth(1).click()
  await office.keyboard.press('h')
  await expect(office.getByLabel('Why it is held')).toBeFocused()
  await office.keyboard.type('The customer asked for a new address')
  await office.keyboard.press('ControlOrMeta+Enter')
  await expect(office.getByText(`${held} is held.`)).toBeVisible()
  await expect(strip(office).getByText(/wait/)).toHaveCount(0, PATIENCE)

  // The network is back: twenty-nine arrive, and one is in front of the person who approved it.
  harbour.network.mend()
  await expect(strip(train).getByText('Online')).toBeVisible(PATIENCE)
  await expect(strip(train).getByText('1 needs review')).toBeVisible(PATIENCE)
  await expect(strip(train).getByText(/wait/)).toHaveCount(0, PATIENCE)
  await expect(office.getByText(/1 held, 29 approved/)).toBeVisible(PATIENCE)

  await strip(train).getByText('1 needs review').click()
  const outbox = train.getByRole('grid', { name: 'Waiting and needing review' })
  await expect(outbox.getByRole('row').filter({ hasText: 'billing.invoice.approve' })).toContainText(
    'Needs review',
  )
  await outbox
    .getByRole('row')
    .filter({ hasText: 'billing.invoice.approve' })
    .getByRole('gridcell')
    .nth(1)
    .dblclick()
  const pane = train.getByRole('complementary')
  const compared = pane.getByRole('region', { name: 'What changed meanwhile' }).first()
  await expect(compared.getByRole('row').filter({ hasText: 'State' })).toHaveText(/draft.*held.*approved/)
  await look(train, 'outbox')

  // It is let go, by keyboard; nothing is left to do.
  await outbox.press('d')
  await train.getByRole('dialog').getByRole('button', { name: 'Let it go' }).press('Enter')
  await expect(train.getByText('Nothing waits and nothing needs review')).toBeVisible()
})
