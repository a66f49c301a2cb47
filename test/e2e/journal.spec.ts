import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'

test.describe('the journal of a month', () => {
  test('billing.journal.get: by account for a ledger, with what is missing', async ({ desk }) => {
    test.slow()
    const page = await desk.open('/billing/journal?month=2026-09')
    await expect(page.getByRole('heading', { name: 'Journal' })).toBeVisible()
    await expect(page.getByText(/Debits .* credits/).first()).toBeVisible()
    for (const theme of ['dark', 'light'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, desk.isElectron)
      await screenshot(page, 'journal', theme)
    }
    // A ledger without accounts of its own says which are missing.
    await page.getByRole('combobox', { name: 'Ledger' }).click()
    await page.getByRole('option', { name: 'SAP' }).click()
    await expect(page.getByText(/accounts are missing/)).toBeVisible()
    await page.getByRole('button', { name: 'Account: Revenue' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'SAP: Revenue' })
    await dialog.getByLabel('Account').fill('800000')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('cell', { name: '800000' }).first()).toBeVisible()
    await screenshot(page, 'journal-sap', 'light')
  })
})
