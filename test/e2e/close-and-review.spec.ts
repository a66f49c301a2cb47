import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { CUSTOMERS } from './billing-month.ts'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'
import { takeNetworkAway } from './no-network.ts'

/** Looks at a page as it is in both themes: axe finds nothing grave, and a picture is taken where asked for. */
async function look(page: Page, isElectron: boolean, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme)
    await expectAccessible(page, isElectron)
    await screenshot(page, name, theme)
  }
}

/** Pictures of a page that was looked at before. */
async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.QUARTERDECK_SCREENSHOTS) return
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme)
    await screenshot(page, name, theme)
  }
}

async function bringIn(page: Page, path: string): Promise<void> {
  await page.goto(page.url().replace(/#.*/, '#/billing/usage?new=1'))
  await page.locator('input[type=file]').setInputFiles(path)
  await expect(page.getByRole('heading', { name: 'What would come in' })).toBeVisible()
  await expect(page.getByText('No problem was found.')).toBeVisible()
}

async function closeMonth(page: Page): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press('x')
  await expect(page.getByRole('heading', { level: 1, name: 'Close a month' })).toBeVisible()
  await page.goto(page.url().replace(/#.*/, '#/billing/close?month=2026-10'))
  await expect(page.getByRole('button', { name: /^Close Oct 2026/ })).toBeEnabled()
}

/** The row that has the cursor. */
const active = (grid: Locator) => grid.locator('[role=row][data-active=true]')

test.describe('a month, from usage to issued invoices, without a network', () => {
  test.use({ workspace: 'billing' })

  test('billing.invoice.approve: sixty drafts are reviewed by keyboard, doubtful first, and issued', async ({
    desk,
  }) => {
    test.setTimeout(600_000)
    const { october, late } = desk.billing!
    const page = await desk.open('/billing/usage')
    const network = await takeNetworkAway(page.context(), new URL(page.url()).origin)
    try {
      // Usage comes in.
      await bringIn(page, october)
      await look(page, desk.isElectron, 'usage-preview')
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(page.getByRole('heading', { name: 'Receipt of usage-2026-10.csv' })).toBeVisible()
      await expect(page.getByText('1,092').first()).toBeVisible()
      await look(page, desk.isElectron, 'usage-receipt')

      // The same file again is not counted twice, and what comes late is told apart.
      await bringIn(page, october)
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(page.getByText('every event of this file was known already')).toBeVisible()
      await bringIn(page, late)
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(page.getByText('They belong to periods that were closed before.')).toBeVisible()

      // A dry run, then the close.
      await closeMonth(page)
      await expect(page.getByText('Usage of 1 customer came late')).toBeVisible()
      await look(page, desk.isElectron, 'close')
      await page.keyboard.press('d')
      await expect(page.getByRole('heading', { name: 'What a close of Oct 2026 would make' })).toBeVisible()
      await expect(
        page.getByText(new RegExp(`^${CUSTOMERS} drafts would be made, \\d+ would have a doubt$`)),
      ).toBeVisible()
      await expect(page.getByText('Everything would be billed.')).toBeVisible()
      // The same keys lead from the dry run to the question, and answer it.
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(page.getByRole('dialog', { name: 'Close Oct 2026' })).toBeVisible()
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(page.getByRole('heading', { name: 'The close of Oct 2026' })).toBeVisible()
      await expect(page.getByText(/^60 drafts, \d+ drafts have a doubt$/)).toBeVisible()
      await look(page, desk.isElectron, 'close-report')

      // The review begins with what may be wrong.
      await page.keyboard.press('ControlOrMeta+Enter')
      const grid = page.getByRole('grid', { name: 'Invoices' })
      await expect(page.getByText(/^\d+ of 60 drafts may be wrong$/)).toBeVisible()
      await expect(active(grid)).toContainText('of usual')
      await picture(page, 'invoice-review')

      // Why: down to the events, and against the month before.
      await page.keyboard.press('Enter')
      const pane = page.getByRole('complementary')
      const first = (await active(grid).getByRole('gridcell').nth(1).textContent())!
      await expect(pane.getByRole('heading', { level: 2, name: first })).toBeVisible()
      await expect(pane.getByRole('list', { name: 'Why it may be wrong' })).toContainText(
        /API calls is [\d,.]+ USD: ×[\d.]+ of the usual [\d,.]+ USD/,
      )
      await page.keyboard.press('l')
      await expect(pane.getByRole('table', { name: 'From quantity to amount' })).toContainText(
        'Half-up to 2 places',
      )
      await expect(pane.getByRole('table', { name: 'Tiers of the price' })).toBeVisible()
      await pane.getByRole('button', { name: 'Show the events' }).click()
      await expect(pane.getByRole('region', { name: 'Event' }).getByRole('row')).toHaveCount(7)
      await pane.getByRole('button', { name: 'Hide the events' }).click()
      await look(page, desk.isElectron, 'invoice-why')
      await page.keyboard.press('2')
      await expect(pane.getByText(/The parts add up to the difference/)).toBeVisible()
      await expect(pane.locator('canvas')).toBeVisible()
      await look(page, desk.isElectron, 'invoice-bridge')

      // Approve goes on to the next, which the pane follows; undo comes back.
      await page.keyboard.press('a')
      await expect(page.getByText(`${first} is approved.`)).toBeVisible()
      await expect(active(grid)).not.toContainText(first)
      const second = (await active(grid).getByRole('gridcell').nth(1).textContent())!
      await expect(pane.getByRole('heading', { level: 2, name: second })).toBeVisible()
      await page.keyboard.press('u')
      await expect(page.getByText(`Undone: approval of ${first}`)).toBeVisible()
      await expect(active(grid)).toContainText(first)
      await expect(active(grid)).toContainText('Draft')
      await page.keyboard.press('a')
      await expect(active(grid)).toContainText(second)

      // Hold with a note, send back with a comment, assign, and say something.
      await page.keyboard.press('h')
      await expect(page.getByLabel('Why it is held')).toBeFocused()
      await page.keyboard.type('Ask sales about the burst')
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(page.getByText(`${second} is held.`)).toBeVisible()
      await expect(grid.getByRole('row').filter({ hasText: second })).toContainText('Held')
      const third = (await active(grid).getByRole('gridcell').nth(1).textContent())!
      await page.keyboard.press('w')
      await page.getByRole('dialog').getByRole('button', { name: 'Ada Lovelace (you)' }).press('Enter')
      await expect(page.getByText(`${third} is assigned to Ada Lovelace.`)).toBeVisible()
      await page.keyboard.press('4')
      await expect(pane.getByText('Made by the close')).toBeVisible()
      await expect(pane.getByText('Assigned', { exact: true })).toBeVisible()
      await page.keyboard.press('c')
      await page.keyboard.type('Looks like the new importer')
      await page.keyboard.press('ControlOrMeta+Enter')
      await expect(pane.getByText('Looks like the new importer')).toBeVisible()
      await pane.getByRole('button', { name: 'Close', exact: true }).click()
      await expect(pane).toHaveCount(0)
      await expect(grid).toBeFocused()

      // Restarted in the middle, it is where it was.
      await page.reload()
      await expect(page.getByRole('button', { name: '58 drafts', exact: true })).toBeVisible()
      await expect(grid.getByRole('row').filter({ hasText: second })).toContainText('Held')

      // The clean ones together.
      await page.keyboard.press('Shift+A')
      const dialog = page.getByRole('dialog')
      await expect(
        dialog.getByText(/All \d+ drafts of Oct 2026 without a doubt will be approved/),
      ).toBeVisible()
      await expect(dialog.getByText(/The \d+ in doubt stay drafts/)).toBeVisible()
      await look(page, desk.isElectron, 'invoice-approve-clean')
      await dialog.getByRole('button', { name: 'Approve', exact: true }).press('Enter')
      await expect(page.getByText(/^\d+ invoices approved\.$/)).toBeVisible({ timeout: 60_000 })

      // The rest of the doubtful ones, one after the other, until nothing is left to decide.
      await page.keyboard.press('n')
      const decided = page.getByText('No draft is left to decide')
      const open = active(grid).filter({ hasText: 'Draft' })
      for (let left = 0; left < CUSTOMERS; left++) {
        await expect(decided.or(open).first()).toBeVisible()
        if (await decided.isVisible()) break
        const name = (await active(grid).getByRole('gridcell').nth(1).textContent())!
        await page.keyboard.press('a')
        await expect(page.getByText(`${name} is approved.`)).toBeVisible()
        await expect(open.filter({ hasText: name })).toHaveCount(0)
      }
      await expect(decided).toBeVisible()
      await expect(page.getByText(/1 held, 59 approved/)).toBeVisible()

      // Issued: numbers without a gap, and the stored document.
      await page.keyboard.press('Shift+E')
      await page.getByRole('dialog').getByRole('button', { name: 'Issue', exact: true }).press('Enter')
      await expect(page.getByText('59 invoices issued.')).toBeVisible({ timeout: 60_000 })
      const row = grid.getByRole('row').filter({ hasText: 'Issued' }).first()
      await row.getByRole('gridcell').nth(1).dblclick()
      await page.keyboard.press('3')
      await expect(pane.getByText(/^The stored document\. SHA-256 [0-9a-f]{64}$/)).toBeVisible({
        timeout: 60_000,
      })
      await expect(pane.getByRole('img', { name: 'Page 1 of 1' })).toBeVisible()
      await expect(pane.getByText('Harbour Ltd')).toBeAttached()
      await look(page, desk.isElectron, 'invoice-document')
      if (!desk.isElectron) {
        const download = page.waitForEvent('download')
        await page.keyboard.press('d')
        const saved = await (await download).path()
        expect(readFileSync(saved).subarray(0, 5).toString()).toBe('%PDF-')
      }

      // Closing again changes nothing.
      await closeMonth(page)
      await page.keyboard.press('ControlOrMeta+Enter')
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Close Oct 2026/ })
        .press('Enter')
      await expect(
        page.getByText('Nothing new: everything of Oct 2026 is on an invoice already'),
      ).toBeVisible()
      await page.goto(page.url().replace(/#.*/, '#/billing/invoices?month=2026-10'))
      await expect(page.getByText('60 invoices: 1 held, 59 issued.')).toBeVisible()
      expect(network.tried).toEqual([])
    } finally {
      network.restore()
    }
  })
})
