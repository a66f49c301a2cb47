import { writeFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { type BillingMonth, cli, keyOfCustomer } from './billing-month.ts'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'

/** A page of the review with what is looked at on it. */
function reviewOf(page: Page) {
  const grid = page.getByRole('grid', { name: 'Invoices' })
  const rowOf = (name: string): Locator => grid.getByRole('row').filter({ hasText: name })
  return {
    page,
    grid,
    rowOf,
    pane: page.getByRole('complementary'),
    active: grid.locator('[role=row][data-active=true]'),
    /** Puts the cursor on a customer's invoice. */
    goTo: async (name: string) => {
      await rowOf(name).getByRole('gridcell').nth(1).click()
      await expect(grid.locator('[role=row][data-active=true]')).toContainText(name)
    },
    /** The customer under the cursor. */
    customer: async () =>
      (await grid.locator('[role=row][data-active=true]').getByRole('gridcell').nth(1).textContent())!,
  }
}

/** Says who works here, which is asked where there are several people. */
async function actAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
  await expect(page.getByRole('button', { name: `Acting person: ${name}` })).toBeVisible()
}

/** Makes the drafts of October, and a second analyst, beside the running host. */
async function prepare({ workspace, october }: BillingMonth): Promise<void> {
  const at = ['--workspace', workspace]
  await cli(['usage', 'import', ...at, october])
  await cli(['close', ...at, '--period', '2026-10'])
  await cli(['people', 'add', ...at, 'Grace Hopper', 'grace@harbour.example', '--roles', 'analyst'])
}

/** Usage of October that comes in after the close, and the close again: the customer's draft gets further lines. */
async function closeAgain({ workspace }: BillingMonth, customer: string, file: string): Promise<void> {
  const at = ['--workspace', workspace, '--as', 'Ada Lovelace']
  writeFileSync(
    file,
    `id,customer,metric,quantity,at\nlate-1,${keyOfCustomer(customer)},api-calls,2500000,2026-10-20T10:00:00Z\n`,
  )
  await cli(['usage', 'import', ...at, file])
  await cli(['close', ...at, '--period', '2026-10'])
}

test.describe('two analysts at once', () => {
  test.use({ workspace: 'billing' })

  test('billing.invoice.approve: each sees the other’s marks, and nothing is decided over what somebody else did', async ({
    desk,
  }, info) => {
    test.setTimeout(240_000)
    test.skip(desk.isElectron, 'a window of the desktop acts as one person')
    const billing = desk.billing!
    await prepare(billing)
    const ada = reviewOf(await desk.open('/billing/invoices?month=2026-10'))
    const grace = reviewOf(await desk.open('/billing/invoices?month=2026-10'))
    await actAs(ada.page, 'Ada Lovelace')
    await actAs(grace.page, 'Grace Hopper')
    for (const { page, grid } of [ada, grace]) {
      await expect(page.getByText(/^\d+ of 60 drafts may be wrong$/)).toBeVisible()
      await grid.focus()
    }

    // A mark of one shows on the other's page by itself, with the name and the note.
    const held = await grace.customer()
    await ada.page.keyboard.press('Enter')
    await expect(ada.pane.getByRole('heading', { level: 2, name: held })).toBeVisible()
    await ada.page.keyboard.press('4')
    await grace.page.keyboard.press('h')
    await expect(grace.page.getByLabel('Why it is held')).toBeFocused()
    await grace.page.keyboard.type('Ask sales about the burst')
    await grace.page.keyboard.press('ControlOrMeta+Enter')
    await expect(ada.rowOf(held)).toContainText('Held')
    await expect(ada.pane.getByText('Note: Ask sales about the burst')).toBeVisible()
    await expect(ada.pane.getByRole('listitem').filter({ hasText: 'Grace Hopper' })).toContainText('Held')
    await ada.page.keyboard.press('1')

    // Both have the same draft before them; one decides while the other still writes.
    await ada.page.keyboard.press('n')
    const fought = await grace.customer()
    await expect(ada.active).toContainText(fought)
    await ada.page.keyboard.press('h')
    await expect(ada.page.getByLabel('Why it is held')).toBeFocused()
    await ada.page.keyboard.type('Too high')
    await grace.page.keyboard.press('a')
    await expect(ada.rowOf(fought)).toContainText('Approved')
    await ada.page.keyboard.press('ControlOrMeta+Enter')
    await expect(
      ada.page.getByText(`${fought} is approved by now, by Grace Hopper. Nothing was done.`),
    ).toBeVisible()
    await expect(ada.pane.getByText('approved by Grace Hopper')).toBeVisible()

    // Five at once, one of which somebody else has approved meanwhile: it is listed, the others go on.
    await ada.goTo(await grace.customer())
    const taken = await grace.customer()
    await ada.page.keyboard.press('Space')
    for (let more = 1; more < 5; more++) await ada.page.keyboard.press('Shift+J')
    await ada.page.keyboard.press('a')
    const many = ada.page.getByRole('dialog', { name: 'Approve 5 invoices' })
    await expect(many).toBeVisible()
    await grace.page.keyboard.press('a')
    await expect(ada.rowOf(taken)).toContainText('Approved')
    await many.getByRole('button', { name: 'Approve', exact: true }).press('Enter')
    const strip = ada.page.getByRole('alert').filter({ hasText: '4 invoices approved.' })
    await expect(strip.getByText('1 did not go through and is as it was:')).toBeVisible()
    await expect(strip.getByRole('listitem')).toHaveText(`${taken} It is approved by now.`)
    await expect(grace.page.getByText(/1 held, 6 approved/)).toBeVisible()
    await expectAccessible(ada.page)
    await strip.getByRole('button', { name: 'Put this list away' }).click()

    // About to issue what was seen: meanwhile it is taken back, added to by a close, and approved again.
    await ada.goTo(fought)
    await expect(ada.pane.getByRole('heading', { level: 2, name: fought })).toBeVisible()
    await expect(ada.pane.getByRole('button', { name: 'API calls', exact: true })).toBeVisible()
    await ada.page.keyboard.press('e')
    const issue = ada.page.getByRole('dialog', { name: 'Issue 1 invoice' })
    await expect(issue).toBeVisible()
    await grace.goTo(fought)
    await grace.page.keyboard.press('r')
    await expect(grace.active).toContainText('Draft')
    await closeAgain(billing, fought, info.outputPath('late.csv'))
    await expect(grace.active).toContainText('Changed')
    await grace.page.keyboard.press('a')
    await expect(grace.rowOf(fought)).toContainText('Approved')
    await issue.getByRole('button', { name: 'Issue', exact: true }).press('Enter')
    const notice = ada.page.getByRole('alert').filter({ hasText: `${fought} changed after you saw it` })
    await expect(notice.getByText('Nothing was done. What is different now:')).toBeVisible()
    await expect(notice.getByText(/^The total was [\d,.]+ USD and is [\d,.]+ USD\.$/)).toBeVisible()
    await expect(notice.getByText(/^API calls was [\d,.]+ USD and is [\d,.]+ USD\.$/)).toBeVisible()
    for (const theme of ['dark', 'light'] as const) {
      await setTheme(ada.page, theme)
      await expectAccessible(ada.page)
      await screenshot(ada.page, 'invoice-conflict', theme)
    }

    // Looked at, it tells of the close; then it is issued as it is now.
    await notice.getByRole('button', { name: 'Look at it' }).press('Enter')
    await expect(notice).toHaveCount(0)
    await ada.page.keyboard.press('4')
    await expect(ada.pane.getByText('Lines added by a later close')).toBeVisible()
    await ada.page.keyboard.press('e')
    await issue.getByRole('button', { name: 'Issue', exact: true }).press('Enter')
    await expect(ada.page.getByText(new RegExp(`^${fought} is issued as INV-2026-\\d{5}\\.$`))).toBeVisible()
    await expect(grace.rowOf(fought)).toContainText('Issued')
  })

  test('workspace.views.save: filters by plan and currency are an address that is saved and taken up', async ({
    desk,
  }) => {
    test.setTimeout(120_000)
    const billing = desk.billing!
    await prepare(billing)
    const { page, grid } = reviewOf(
      await desk.open('/billing/invoices?month=2026-10&plan=Enterprise&currency=USD'),
    )
    await actAs(page, 'Ada Lovelace')
    await expect(page.getByText('6 rows')).toBeVisible()
    await grid.focus()
    await page.keyboard.press('Shift+S')
    await page.getByRole('dialog').getByLabel('Name').fill('Large ones')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await page.getByRole('button', { name: 'Clear all filters' }).click()
    await expect(page.getByText('60 rows')).toBeVisible()
    await grid.focus()
    await page.keyboard.press('v')
    await page.getByRole('menuitem', { name: 'Large ones' }).click()
    await expect(page.getByText('6 rows')).toBeVisible()
    // What is approved together is what the filters leave.
    await grid.focus()
    await page.keyboard.press('Shift+A')
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText(/without a doubt that the filters leave will be approved/)).toBeVisible()
    await expectAccessible(page, desk.isElectron)
    await dialog.getByRole('button', { name: 'Approve', exact: true }).press('Enter')
    await expect(page.getByText(/^\d invoices? approved\.$/)).toBeVisible()
    await page.keyboard.press('u')
    await expect(page.getByText(/^(\d marks undone|Undone: approval of .*)\.?$/)).toBeVisible()
    await expect(page.getByText(/^\d+ of 60 drafts may be wrong$/)).toBeVisible()
  })
})
