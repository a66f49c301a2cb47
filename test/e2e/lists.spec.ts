import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { nameWorkspace } from './begin.ts'
import { expect, expectAccessible, setTheme, test } from './fixtures.ts'

/** Waits until `/` has a box to lead to, presses it, and types. */
async function searchFor(page: Page, text: string): Promise<void> {
  await expect(page.getByRole('searchbox', { name: 'Search this list' })).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox', { name: 'Search this list' })).toBeFocused()
  await page.keyboard.type(text)
}

async function actAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Acting person/ }).click()
  await page.getByRole('menuitem', { name: new RegExp(name) }).click()
  await expect(page.getByRole('button', { name: `Acting person: ${name}` })).toBeVisible()
}

test.describe('lists and what is said about their rows', () => {
  test('workspace.search.rows: a list is searched by keyboard, and its address has the words', async ({
    desk,
  }) => {
    const page = await desk.open('/finops/bills')
    await searchFor(page, 'japan 10')
    const grid = page.getByRole('grid', { name: 'Bills' })
    await expect(grid.getByRole('row')).toHaveCount(2)
    await expect(grid.getByRole('gridcell', { name: 'focus-google-japan-2026-10.csv' })).toBeVisible()
    await expect(page).toHaveURL(/[?&]q=japan\+10/)
    await page.reload()
    await expect(page.getByRole('searchbox')).toHaveValue('japan 10')
    await expect(grid.getByRole('row')).toHaveCount(2)
    await expectAccessible(page, desk.isElectron)

    // Enter goes to the rows; Escape empties the box.
    await page.getByRole('searchbox').press('Enter')
    await expect(grid).toBeFocused()
    await page.keyboard.press('/')
    await page.keyboard.type('zzz')
    await expect(page.getByText('Nothing in this list has “zzz”')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('searchbox')).toHaveValue('')
    await expect(grid.getByRole('row').nth(5)).toBeVisible()
    await expect(page).not.toHaveURL(/[?&]q=/)
  })

  test('workspace.comments.add: a mention is typed, found by whom it means, changed and removed', async ({
    desk,
  }) => {
    const page = await desk.open('/finops/bills?q=anthropic')
    const grid = page.getByRole('grid', { name: 'Bills' })
    await expect(grid.getByRole('gridcell').first()).toBeVisible()
    await grid.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: /^Receipt of/ })).toBeVisible()
    await page.keyboard.press('c')
    const field = page.getByRole('textbox', { name: 'Write a comment' })
    await expect(field).toBeFocused()
    await page.keyboard.type('Please look, @die')
    await expect(page.getByRole('option', { name: /Diego Márquez/ })).toBeVisible()
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, desk.isElectron)
    }
    await page.keyboard.press('Enter')
    await expect(field).toHaveValue('Please look, @Diego Márquez ')
    await page.keyboard.type('at page two')

    // What is half written is there again after looking elsewhere.
    await page.goBack()
    await expect(grid).toBeVisible()
    await page.goForward()
    await expect(field).toHaveValue('Please look, @Diego Márquez at page two')
    await field.press('Control+Enter')
    await expect(page.getByText('Please look, @Diego Márquez at page two')).toBeVisible()
    await expect(page.locator('mark')).toHaveText('@Diego Márquez')
    await expect(field).toHaveValue('')

    await actAs(page, 'Diego Márquez')
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    const mentions = page.getByRole('grid', { name: 'Mentions' })
    await expect(mentions.getByRole('gridcell', { name: /^Please look/ })).toBeVisible()
    await mentions.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: /^Receipt of/ })).toBeVisible()
    // It is somebody else’s: there is nothing to change.
    await expect(page.getByText('Please look, @Diego Márquez at page two')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Change the comment' })).toHaveCount(0)

    await actAs(page, 'Amara Okafor')
    await page.getByRole('button', { name: 'Change the comment' }).click()
    await page.getByRole('textbox', { name: 'Change the comment' }).fill('Never mind')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByText('Never mind')).toBeVisible()
    await page.getByRole('button', { name: 'Remove the comment' }).click()
    await expect(page.getByText('Never mind')).toHaveCount(0)
  })
})

test('finops.costs.line: Escape closes the pane of a line while the table has the focus', async ({
  desk,
}) => {
  const page = await desk.open('/finops/explorer?show=lines')
  const grid = page.getByRole('grid', { name: 'Lines' })
  await expect(grid.getByRole('gridcell').first()).toBeVisible()
  await grid.focus()
  await page.keyboard.press('Enter')
  const pane = page.getByRole('complementary', { name: 'Cost line' })
  await expect(pane).toBeVisible()
  await expect(grid).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(pane).toHaveCount(0)
  await expect(grid).toBeFocused()
})

test.describe('real data before the recovery key', () => {
  test.use({ workspace: 'empty' })

  test('finops.imports.start: waits, says why, and leads to the recovery key and back', async ({ desk }) => {
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bill-'))
    try {
      const path = join(folder, 'bill.csv')
      writeFileSync(path, 'BilledCost,BillingCurrency,ChargePeriodStart\n1,EUR,2026-10-01T00:00:00Z\n')
      const page = await desk.open('/')
      await nameWorkspace(page)
      await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
      await page.keyboard.press('g')
      await page.keyboard.press('b')
      await expect(page.getByText('The recovery key comes first')).toBeVisible()
      await page.locator('input[type=file]').setInputFiles(path)
      await expect(page.getByRole('heading', { name: 'Look before it comes in' })).toBeVisible()
      await expect(page.getByRole('button', { name: /^Bring it in/ })).toBeDisabled()
      await expectAccessible(page, desk.isElectron)
      await page.getByRole('button', { name: 'Go to the recovery key' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
      await expect(page).toHaveURL(/next=/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
