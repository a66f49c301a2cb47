import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { root } from '../../scripts/lib/run.ts'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'
import { runCli } from './host.ts'
import { writeRecoveryKeyDown } from './recovery-key.ts'

const OFFICIAL = join(root, '../shared/data/focus/focus_sample_1.0_1000rows.csv')

/** A bill to bring in: the official sample where it is at hand, else one that the demo writes. */
async function bill(folder: string): Promise<string> {
  if (existsSync(OFFICIAL)) return OFFICIAL
  const path = join(folder, 'focus.csv')
  expect(await runCli(['demo', '--export-focus', path])).toBe(0)
  return path
}

/** Names the workspace and proves that its recovery key was written down, as a first run asks for. */
async function begin(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Name the workspace and import' }).click()
  await page.getByLabel('Name of the workspace').fill('Acme')
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('Your e-mail address').fill('ada@example.com')
  await page.getByRole('button', { name: 'Create the workspace' }).click()
  await writeRecoveryKeyDown(page)
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('heading', { name: 'Bills' })).toBeVisible()
}

test.describe('a bill comes in and spend explains itself', () => {
  test.use({ workspace: 'empty' })

  test('finops.imports.start: from an empty workspace to a saved view and its export', async ({ desk }) => {
    test.slow()
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bill-'))
    try {
      const path = await bill(folder)
      const page = await desk.open('/')
      await begin(page)
      await page.locator('input[type=file]').setInputFiles(path)
      await expect(page.getByRole('heading', { name: 'Look before it comes in' })).toBeVisible()
      await expectAccessible(page, desk.isElectron)
      await page.getByRole('radio', { name: /good rows/i }).check()
      await page.keyboard.press('Control+Enter')

      await expect(page.getByRole('heading', { name: /Receipt of/ })).toBeVisible()
      await expect(page.getByText('It adds up')).toBeVisible()
      await expectAccessible(page, desk.isElectron)
      await page.keyboard.press('e')

      await expect(page.getByRole('heading', { name: 'Cost explorer' })).toBeVisible()
      const sums = page.getByRole('grid', { name: 'Cost explorer' })
      await expect(sums.getByRole('row').nth(1)).toBeVisible()
      // By service and month is how it opens; the largest service is first. By keyboard down to its lines.
      await sums.focus()
      await page.keyboard.press('Enter')
      const lines = page.getByRole('grid', { name: 'Cost lines' })
      await expect(lines.getByRole('row').nth(1)).toBeVisible()
      await lines.focus()
      await page.keyboard.press('Enter')
      await expect(page.getByRole('complementary', { name: 'Cost line' })).toContainText('BilledCost')
      await expectAccessible(page, desk.isElectron)
      await page.keyboard.press('Escape')

      await page.keyboard.press('s')
      await page.getByRole('textbox', { name: 'Name' }).fill('Largest service')
      await page.keyboard.press('Enter')
      await expect(page.getByText('The view Largest service is saved.')).toBeVisible()

      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('menuitem', { name: 'Export as CSV' }).click()
      const saved = join(folder, 'lines.csv')
      await (await download).saveAs(saved)
      const [head] = readFileSync(saved, 'utf8').split('\n')
      expect(head).toContain('EffectiveCost')

      await page.keyboard.press('l')
      await page.keyboard.press('v')
      await page.getByRole('menuitem', { name: 'Largest service' }).click()
      await expect(lines.getByRole('row').nth(1)).toBeVisible()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test.describe('the explorer over the demo', () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const size of [
      { width: 1440, height: 900 },
      { width: 1024, height: 700 },
    ]) {
      test(`finops.costs.explore: ${theme} at ${size.width}`, async ({ desk }) => {
        const page = await desk.open('/finops/explorer')
        await page.setViewportSize(size)
        await setTheme(page, theme)
        const sums = page.getByRole('grid', { name: 'Cost explorer' })
        await expect(sums.getByRole('row').nth(2)).toBeVisible()
        await expectAccessible(page, desk.isElectron)
        await screenshot(page, `explorer-${size.width}`, theme)

        await page.keyboard.press('p')
        await expect(sums.getByRole('columnheader', { name: 'Change' })).toBeVisible()
        await page.keyboard.press('c')
        await page.keyboard.press('c')
        await expect(page.getByRole('img', { name: /Treemap/ })).toBeVisible()
        await expectAccessible(page, desk.isElectron)
        await screenshot(page, `explorer-treemap-${size.width}`, theme)

        await page.keyboard.press('l')
        await expect(page.getByRole('grid', { name: 'Cost lines' }).getByRole('row').nth(2)).toBeVisible()
        await expectAccessible(page, desk.isElectron)
        await screenshot(page, `explorer-lines-${size.width}`, theme)
      })
    }
  }
})
