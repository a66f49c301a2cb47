import type { Locator, Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'

/** Both themes, as wide as usual and as narrow as a small laptop: axe finds nothing grave, and all of it is in sight. */
async function look(page: Page, dialog: Locator, isElectron: boolean, name: string): Promise<void> {
  for (const width of [1024, 1440]) {
    if (!isElectron) await page.setViewportSize({ width, height: width === 1024 ? 768 : 900 })
    for (const theme of ['dark', 'light'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, isElectron)
      await screenshot(page, `${name}-${width}`, theme)
    }
    const beyond = await dialog.evaluate(box => box.scrollWidth - box.clientWidth)
    expect(beyond, 'nothing of it is beyond its edge').toBeLessThanOrEqual(0)
  }
}

/** Tab leads through the fields in their order, and Shift+Tab back to the first. */
async function walk(page: Page, fields: readonly Locator[]): Promise<void> {
  await expect(fields[0]!).toBeFocused()
  for (const field of fields.slice(1)) {
    await page.keyboard.press('Tab')
    await expect(field).toBeFocused()
  }
  for (let back = 1; back < fields.length; back++) await page.keyboard.press('Shift+Tab')
  await expect(fields[0]!).toBeFocused()
}

/** What is wrong stands at the field, is told as it comes up, and holds the form back. */
async function refuses(dialog: Locator, field: Locator, words: string, submit: Locator): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(field).toHaveAccessibleDescription(new RegExp(words))
  await expect(dialog.getByRole('alert')).toHaveText(words)
  await expect(submit).toBeDisabled()
}

/** Takes back what was done last, so that the demo is left as it was. */
async function undo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Undo' }).last().press('Enter')
  await expect(page.getByText('It was undone.').last()).toBeVisible()
}

test.describe('dialogs of billing, by keyboard', () => {
  test.setTimeout(240_000)

  test('billing.exchange.set: a rate is entered, refused while it is none, and taken back', async ({
    desk,
  }) => {
    const page = await desk.open('/billing/exchange-rates')
    const grid = page.getByRole('grid', { name: 'Exchange rates' })
    await expect(grid.getByRole('row').nth(1)).toBeVisible()
    await grid.focus()
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'A rate' })
    const rate = dialog.getByLabel('So many')
    const source = dialog.getByLabel('Source')
    const keep = dialog.getByRole('button', { name: 'Keep it' })
    await expect(rate).toBeFocused()
    await expect(keep).toBeDisabled()
    await look(page, dialog, desk.isElectron, 'dialog-rate')

    await page.keyboard.type('0')
    await refuses(dialog, rate, 'A number of more than zero, such as 1.0842.', keep)
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.press('Backspace')
    await page.keyboard.type('1.2345')
    await expect(dialog.getByRole('alert')).toHaveCount(0)

    // A currency against itself is refused where it is chosen.
    const quote = dialog.getByRole('combobox', { name: 'Is worth in' })
    await page.keyboard.press('Shift+Tab')
    await expect(quote).toBeFocused()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('EUR – Euro')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await refuses(dialog, quote, 'Another currency than the first.', keep)
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('USD – US dollar')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('alert')).toHaveCount(0)

    // Escape keeps nothing, and gives the focus back.
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(grid).toBeFocused()
    await page.keyboard.press('n')
    await expect(rate).toHaveValue('')
    await page.keyboard.type('1.2345')
    await source.focus()
    await page.keyboard.type('Our bank')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByText(/^The rate of EUR in USD on .* is kept\.$/)).toBeVisible()
    await expect(grid.getByRole('row').filter({ hasText: 'Our bank' })).toContainText('1.2345')
    await expect(grid).toBeFocused()
    await undo(page)
    await expect(grid.getByRole('row').filter({ hasText: 'Our bank' })).toHaveCount(0)
  })

  test('billing.wallet.grant: an amount is granted from the list of wallets, and taken back', async ({
    desk,
  }) => {
    const page = await desk.open('/billing/wallets')
    const grid = page.getByRole('grid', { name: 'Wallets' })
    await expect(grid.getByRole('row').nth(1)).toBeVisible()
    await grid.focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('a')
    const dialog = page.getByRole('dialog', { name: /^Grant into / })
    const amount = dialog.getByLabel(/^Amount, /)
    const grant = dialog.getByRole('button', { name: 'Grant an amount' })
    await walk(page, [amount, dialog.getByRole('combobox', { name: 'How it came' })])
    await look(page, dialog, desk.isElectron, 'dialog-grant')

    await page.keyboard.type('x')
    await refuses(dialog, amount, 'An amount such as 25.00.', grant)
    await page.keyboard.press('Backspace')
    await page.keyboard.type('25')
    await expect(grant).toBeEnabled()
    await dialog.getByLabel('Counts from').fill('2027-02-10')
    const until = dialog.getByLabel('Counts until')
    await until.fill('2027-02-01')
    await refuses(dialog, until, 'It ends before it begins.', grant)
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(grid).toBeFocused()

    await page.keyboard.press('a')
    await expect(amount).toBeFocused()
    await expect(amount).toHaveValue('')
    await page.keyboard.type('25')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByText(/^25\.00 \S+ are in /)).toBeVisible()
    await expect(grid).toBeFocused()
    await undo(page)
  })

  test('billing.arrangement.set: the least that a month comes to, from its key to its undo', async ({
    desk,
  }) => {
    const page = await desk.open('/billing/customers')
    const customers = page.getByRole('grid', { name: 'Customers' })
    await expect(customers.getByRole('row').nth(1)).toBeVisible()
    await customers.focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Enter')
    const change = page.getByRole('button', { name: 'Change how invoices are made…' })
    await expect(change).toBeVisible()
    await page.keyboard.press('Shift+M')
    const dialog = page.getByRole('dialog', { name: 'How invoices are made' })
    const least = dialog.getByLabel(/^The least that a month comes to/)
    const save = dialog.getByRole('button', { name: 'Save' })
    const together = dialog.getByRole('radio', { name: 'One for all subscriptions' })
    await walk(page, [together, least, dialog.getByRole('button', { name: 'Cancel' }), save])
    await look(page, dialog, desk.isElectron, 'dialog-minimum')

    await page.keyboard.press('Tab')
    await page.keyboard.type('-5')
    await refuses(dialog, least, 'An amount of the currency, not below nothing.', save)
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('main')).toBeFocused()

    // From its button the focus comes back to the button.
    await change.focus()
    await page.keyboard.press('Enter')
    await expect(together).toBeFocused()
    await page.keyboard.press('Tab')
    await page.keyboard.type('120')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByText('How invoices are made was changed.')).toBeVisible()
    await expect(page.getByText(/of this customer$/)).toContainText('120.00')
    await expect(change).toBeFocused()
    await undo(page)
    await expect(page.getByText(/of this customer$/)).toHaveCount(0)
  })
})
