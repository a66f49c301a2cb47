import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Locator, type Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, setTheme } from './fixtures.ts'
import { freshAddress, signIn as signInHost, startHost } from './host.ts'
import { ADMIN, startServer, type TestBackend } from './server.ts'

/** A server with its first admin, and its folder. */
const test = base.extend<{ folder: string; server: TestBackend }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for an object
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-schedules-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  server: async ({ folder }, use, info) => {
    test.skip(info.project.name === 'electron', 'a server is reached by a browser')
    const server = await startServer(folder)
    await use(server)
    await server.close()
  },
})

async function look(page: Page, name?: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme)
    await expectAccessible(page)
    if (name) await screenshot(page, name, theme)
  }
}

const schedulesOf = (page: Page): Locator => page.getByRole('grid', { name: 'Schedules' })
const nightly = (page: Page): Locator =>
  schedulesOf(page).getByRole('row').filter({ hasText: 'Scan of usage limits' })

/** Picks an option of a select by keyboard. */
async function pick(page: Page, label: string, option: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

test('workspace.schedules.add: a backup of the server is scheduled, run, and in the history with its path', async ({
  page,
  server,
}) => {
  // A server makes its database first, and four looks follow in both themes.
  test.slow()
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('E-mail address').fill(ADMIN.email)
  await page.getByLabel('Passphrase').fill(ADMIN.passphrase)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('contentinfo')).toBeVisible({ timeout: 60_000 })
  await page.goto(`${server.url}/#/workspace/schedules`)
  // A new workspace looks at usage limits every night.
  await expect(nightly(page)).toContainText('02:00')
  await look(page)
  await schedulesOf(page).press('n')
  await pick(page, 'What', 'Backup of the server')
  await pick(page, 'How often', 'Every day')
  await look(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Add schedule' }).press('Enter')
  const row = schedulesOf(page).getByRole('row').filter({ hasText: 'Backup of the server' })
  await expect(row).toContainText('Every day at')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await row.getByRole('gridcell').first().click()

  await schedulesOf(page).press('r')
  await expect(row).toContainText('Done', { timeout: 60_000 })
  await look(page, 'schedules')
  await schedulesOf(page).press('Enter')
  const pane = page.getByRole('complementary')
  await expect(pane).toContainText('quarterdeck-')
  await expect(pane).toContainText('Asked for')
  await look(page)

  await schedulesOf(page).press('p')
  await expect(row).toContainText('Paused')
  await schedulesOf(page).press('d')
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter')
  await expect(row).toHaveCount(0)
})

test('workspace.schedules.change: a desk asks its server, and sees what became of it', async ({
  page,
  server,
  folder,
}) => {
  test.slow()
  const host = await startHost(join(folder, 'desk'))
  const { origin, session } = await signInHost(host.url)
  try {
    await page.goto(await freshAddress(origin, session))
    await page.getByRole('button', { name: 'Give its address' }).press('Enter')
    await expect(page.getByLabel('Address of the server')).toBeFocused()
    await page.keyboard.type(server.url)
    await page.keyboard.press('Enter')
    const code = page.getByRole('status', { name: 'Code' })
    await expect(code).toHaveText(/^[A-Z]{4}-[A-Z]{4}$/)
    await server.confirm((await code.textContent())!)
    await expect(page.getByRole('contentinfo').getByText('Online')).toBeVisible({ timeout: 60_000 })
    await page.goto(`${origin}/#/workspace/schedules`)
    await expect(nightly(page)).toBeVisible()
    await schedulesOf(page).press('n')
    await page.getByRole('dialog').getByRole('button', { name: 'Add schedule' }).press('Enter')
    // Only the server keeps schedules: the dialog closes, says so, and the list follows when it is done.
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(page.getByText('The server does this.')).toBeVisible()
    const row = schedulesOf(page).getByRole('row').filter({ hasText: 'Close of last month' })
    await expect(row).toContainText('Day 2 of the month', { timeout: 30_000 })
    await row.getByRole('gridcell').first().click()
    await schedulesOf(page).press('p')
    await expect(row).toContainText('Paused', { timeout: 30_000 })

    // Without the server the page says what it needs, and comes back by itself.
    await look(page)
    await server.close()
    await expect(page.getByRole('contentinfo').getByText(/Offline since/)).toBeVisible({ timeout: 60_000 })
    await page.goto(`${origin}/#/workspace/access`)
    await expect(page.getByText('This needs the server')).toBeVisible({ timeout: 30_000 })
    await look(page)
  } finally {
    await host.close()
  }
})
