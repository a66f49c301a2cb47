import type { Page } from '@playwright/test'
import { cli } from './billing-month.ts'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'

/** Says who works here, which is asked where there are several people. */
async function actAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
  await expect(page.getByRole('button', { name: `Acting person: ${name}` })).toBeVisible()
}

const to = (page: Page, route: string) => page.goto(`${new URL(page.url()).origin}/#${route}`)

test.describe('a credit note takes two', () => {
  test.use({ workspace: 'billing' })

  test('workspace.approval.approve: one asks for a credit note, the other approves it, and its document opens', async ({
    desk,
  }) => {
    test.setTimeout(600_000)
    test.skip(desk.isElectron, 'a window of the desktop acts as one person')
    const at = ['--workspace', desk.billing!.workspace]
    await cli(['people', 'add', ...at, 'Grace Hopper', 'grace@harbour.example', '--roles', 'approver'])
    const listed = JSON.parse(
      await cli(['invoices', 'list', ...at, '--as', 'Ada Lovelace', '--period', '2026-09', '--json']),
    )
    const [invoice] = listed.invoices as { id: string; number: string; customer: string }[]

    // Ada asks for a part of it, sees what it comes to, and that it takes another person.
    const ada = await desk.open(`/billing/invoices?invoice=${invoice!.id}&tab=corrections`)
    const grace = await desk.open('/workspace/approvals')
    await actAs(ada, 'Ada Lovelace')
    await actAs(grace, 'Grace Hopper')
    const pane = ada.getByRole('complementary')
    await expect(pane.getByText('Nothing was corrected.')).toBeVisible()
    await ada.keyboard.press('Shift+C')
    const dialog = ada.getByRole('dialog')
    await dialog.getByText('An amount', { exact: true }).click()
    await dialog.getByLabel(/Amount with tax/).fill('99999999')
    await expect(dialog.getByText(/more than is left of this invoice/)).toBeVisible()
    await dialog.getByLabel(/Amount with tax/).fill('10.80')
    await dialog.getByLabel(/Reason/).fill('Billed for a seat that nobody has')
    await expect(dialog.getByText('Another person has to approve it.', { exact: false })).toBeVisible()
    await expect(dialog.getByRole('region', { name: 'Credit note' })).toContainText('10.80')
    await screenshot(ada, 'credit-dialog')
    await dialog.getByRole('button', { name: 'Ask for approval' }).click()
    await expect(pane.getByText('Credit note waits for an approval')).toBeVisible()
    await expectAccessible(ada)

    // Nobody decides what they asked for.
    await to(ada, '/workspace/approvals')
    const own = ada.getByRole('grid', { name: 'Approvals' })
    await expect(own.getByRole('row').filter({ hasText: invoice!.customer })).toContainText('Waiting')

    // Grace finds it at once, looks at it, and approves it by keyboard.
    await expect(grace.getByText('1 for you to decide')).toBeVisible()
    const grid = grace.getByRole('grid', { name: 'Approvals' })
    await grid.getByRole('row').filter({ hasText: invoice!.number }).getByRole('gridcell').nth(1).click()
    await grace.keyboard.press('Enter')
    await expect(
      grace.getByRole('complementary').getByText('Billed for a seat that nobody has'),
    ).toBeVisible()
    await expectAccessible(grace)
    await screenshot(grace, 'approvals')
    await setTheme(grace, 'dark')
    await screenshot(grace, 'approvals', 'dark')
    await grid.focus()
    await grace.keyboard.press('a')
    await grace.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
    await expect(grace.getByText(/^Approved: Credit note/)).toBeVisible()
    await expect(grace.getByText('Nothing waits for an approval')).toBeVisible()

    // The credit note is there with its number, and its document opens.
    await grace.getByText('History', { exact: true }).first().click()
    await expect(grid.getByRole('row').filter({ hasText: invoice!.number })).toContainText('Done')
    await to(ada, `/billing/invoices?invoice=${invoice!.id}&tab=corrections`)
    const after = ada.getByRole('complementary')
    await expect(after.getByText('Billed for a seat that nobody has').first()).toBeVisible()
    await after.getByRole('link', { name: /^CN-2026-00001$/ }).click()
    await expect(
      after
        .getByRole('link', { name: `Credit note for ${invoice!.number}` })
        .or(after.getByText('CN-2026-00001'))
        .first(),
    ).toBeVisible()
    await after.getByRole('tab', { name: /Document/ }).click()
    // The documents of four months, which the command line issued, are made before it.
    await expect(after.getByText(/The stored document\. SHA-256/)).toBeVisible({ timeout: 240_000 })
    await expect(after.locator('canvas').first()).toBeVisible()
    await screenshot(ada, 'credit-note-document')
  })
})
