import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'

test.describe('payments', () => {
  test('billing.payment.record: what is open is paid by keyboard, and taken back again', async ({ desk }) => {
    test.slow()
    const page = await desk.open('/billing/payments')
    const open = page.getByRole('grid', { name: 'Open invoices' })
    const first = open.getByRole('gridcell', { name: /^INV-/ }).first()
    await expect(first).toBeVisible()
    await expect(page.getByRole('table', { name: 'What customers owe, by age' })).toBeVisible()
    const number = (await first.textContent()) ?? ''
    await first.click()
    await page.keyboard.press('p')
    const dialog = page.getByRole('dialog', { name: 'Record a payment' })
    await dialog.getByLabel('Amount', { exact: true }).fill('10')
    await dialog.getByLabel('Reference').fill(`for ${number}`)
    // What the payer names is paid first.
    await expect(dialog.getByLabel(`Of it for ${number}`)).toHaveValue(/^10/)
    await expectAccessible(page, desk.isElectron)
    await dialog.getByLabel('Reference').press('Enter')
    await expect(dialog).toBeHidden()
    const pane = page.getByRole('complementary')
    await expect(pane.getByRole('table', { name: 'Settles' })).toContainText(number)
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, desk.isElectron)
      await screenshot(page, 'payments-pane', theme)
    }
    await page.keyboard.press('v')
    const reverse = page.getByRole('dialog', { name: /^Reverse the payment/ })
    await reverse.getByLabel('Reason').fill('typed by mistake')
    await reverse.getByRole('button', { name: 'Reverse', exact: true }).click()
    await expect(reverse).toBeHidden()
    await expect(pane.getByText('Reversed')).toBeVisible()
    await expect(pane.getByText('typed by mistake')).toBeVisible()
  })

  test('billing.bank.import: a statement comes in, and its line finds the invoice', async ({ desk }) => {
    test.slow()
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bank-'))
    try {
      const page = await desk.open('/billing/payments?part=accounts')
      await page.getByRole('button', { name: /Add bank account/ }).click()
      const dialog = page.getByRole('dialog', { name: 'Add bank account' })
      await dialog.getByLabel('Name').fill('Main')
      await dialog.getByLabel('Holder').fill('Fathomline, Inc.')
      await dialog.getByLabel('IBAN or account number').fill('DE89 3704 0044 0532 0130 01')
      await dialog.getByLabel('Name').press('Enter')
      await expect(dialog.getByRole('alert')).toContainText('check digits')
      await dialog.getByLabel('IBAN or account number').fill('DE89 3704 0044 0532 0130 00')
      await dialog.getByLabel('Name').press('Enter')
      await expect(dialog).toBeHidden()
      await expect(page.getByRole('gridcell', { name: /DE89 3704/ })).toBeVisible()

      await page.getByText('Open invoices', { exact: true }).click()
      const grid = page.getByRole('grid', { name: 'Open invoices' })
      const row = grid.getByRole('row').filter({ hasText: 'EUR' }).first()
      // The company in Germany numbers its invoices in a series of its own.
      const number = (await row.getByRole('gridcell', { name: /^EU-\d{4}-\d{5}$/ }).textContent()) ?? ''
      const path = join(folder, 'statement.csv')
      writeFileSync(path, `date,name,text,amount,currency\n2026-11-20,Somebody,Invoice ${number},5.00,EUR\n`)
      await page.keyboard.press('i')
      await expect(page.getByRole('heading', { name: 'Bring in a bank statement' })).toBeVisible()
      await page.getByRole('combobox', { name: 'Account' }).click()
      await page.getByRole('option', { name: /Main/ }).click()
      await page.locator('input[type=file]').setInputFiles(path)
      await expect(page.getByText('What would come in')).toBeVisible()
      await expectAccessible(page, desk.isElectron)
      await page.getByRole('button', { name: /Bring in 1 line/ }).click()
      await expect(page.getByText('What came in')).toBeVisible()
      await page.getByRole('button', { name: 'To the lines', exact: true }).click()
      const lines = page.getByRole('grid', { name: 'Bank statements' })
      // The demo's own statement has lines too, and may name the same invoice.
      const line = lines.getByRole('row').filter({ hasText: 'Somebody' })
      await expect(line).toContainText('%')
      await expectAccessible(page, desk.isElectron)
      await line.getByRole('gridcell').first().click()
      await page.keyboard.press('a')
      await expect(page.getByText(/^Matched with/)).toBeVisible()
      await page.getByRole('button', { name: 'Undo' }).last().click()
      await expect(line).toContainText('Open')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
