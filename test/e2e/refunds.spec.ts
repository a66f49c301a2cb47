import { nameWorkspace } from './begin.ts'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'

test.describe('a workspace in which no money has gone back', () => {
  test.use({ workspace: 'empty' })

  test('billing.refund.list, billing.debit.list: what there is none of is said, in words', async ({
    desk,
  }) => {
    test.slow()
    const page = await desk.open('/')
    await nameWorkspace(page)
    await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
    const empty = [
      { view: 'refunds', says: 'Nothing was sent back yet' },
      { view: 'debits', says: 'Nothing was collected by direct debit yet' },
    ]
    for (const { view, says } of empty) {
      await page.goto(page.url().replace(/#.*/, `#/billing/payments?view=${view}`))
      await expect(page.getByText(says)).toBeVisible()
      for (const theme of ['light', 'dark'] as const) {
        await setTheme(page, theme)
        await expectAccessible(page, desk.isElectron)
        await screenshot(page, `${view}-empty`, theme)
      }
    }
    // Why nothing can be collected is said where one asks for it.
    await page.keyboard.press('l')
    const collect = page.getByRole('dialog', { name: 'Collect by direct debit' })
    await expect(collect.getByText(/^No account can collect: it needs an IBAN/)).toBeVisible()
    await expect(collect.getByRole('button', { name: 'Make the file' })).toBeDisabled()
    await expectAccessible(page, desk.isElectron)
  })
})

test.describe('money that goes back, and money that is collected', () => {
  test('billing.refund.request: what is left of a payment goes back, and is said to be paid out', async ({
    desk,
  }) => {
    test.slow()
    const sent = await desk.open('/billing/payments?view=refunds')
    const refunds = sent.getByRole('grid', { name: 'Refunds' })
    await expect(refunds.getByRole('row').filter({ hasText: 'Paid twice' })).toContainText('Paid out')
    await expect(refunds.getByRole('row').filter({ hasText: 'Credit note' })).toContainText('To be paid out')
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(sent, theme)
      await expectAccessible(sent, desk.isElectron)
      await screenshot(sent, 'refunds-list', theme)
    }
    const page = await desk.open('/billing/payments')
    const open = page.getByRole('grid', { name: 'Open invoices' })
    const first = open.getByRole('gridcell', { name: /^INV-/ }).first()
    await first.click()
    await page.keyboard.press('p')
    const dialog = page.getByRole('dialog', { name: 'Record a payment' })
    await dialog.getByLabel('Amount', { exact: true }).fill('999999')
    // What is open is known by then, and what of it is settled.
    await expect(dialog.getByRole('button', { name: 'Record payment' })).toBeEnabled()
    await dialog.getByLabel('Reference').press('Enter')
    await expect(dialog).toBeHidden()
    // Its key counts from when the payment is shown.
    await expect(page.getByRole('complementary').getByRole('button', { name: /^Refund/ })).toBeVisible()
    await page.keyboard.press('f')
    const refund = page.getByRole('dialog', { name: /^Send money back to/ })
    await refund.getByLabel(/^Amount in/).fill('25')
    await refund.getByText('Bank transfer', { exact: true }).click()
    await refund.getByLabel('Account holder').fill('Acme')
    await refund.getByLabel('IBAN or account number').fill('DE89 3704 0044 0532 0130 01')
    await expect(refund.getByText(/check digits/)).toBeVisible()
    await refund.getByLabel('IBAN or account number').fill('DE89 3704 0044 0532 0130 00')
    await refund.getByLabel('Reason').fill('Paid twice')
    await expect(refund.getByText(/another person has to allow it/)).toBeVisible()
    await expectAccessible(page, desk.isElectron)
    await screenshot(page, 'refunds-dialog', 'light')
    await refund.getByRole('button', { name: 'Ask for approval' }).click()
    await expect(refund).toBeHidden()
    await expect(page.getByText(/^Asked for an approval/)).toBeVisible()
  })

  test('billing.mandate.add: a mandate is checked, and what can be collected says why not', async ({
    desk,
  }) => {
    test.slow()
    const debits = await desk.open('/billing/payments?part=debits')
    const files = debits.getByRole('grid', { name: 'Direct debits' })
    await expect(files.getByRole('row').filter({ hasText: 'Done' })).toContainText('Hafenbank')
    await expect(files.getByRole('row').filter({ hasText: 'Made' })).toContainText('Hafenbank')
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(debits, theme)
      await expectAccessible(debits, desk.isElectron)
      await screenshot(debits, 'debits-list', theme)
    }
    await debits.keyboard.press('l')
    const collect = debits.getByRole('dialog', { name: 'Collect by direct debit' })
    const invoices = collect.getByRole('table', { name: 'Open invoices in euros' })
    for (const why of ['no mandate', 'mandate revoked', 'being collected'])
      await expect(invoices.getByRole('row').filter({ hasText: why }).first()).toBeVisible()
    await expectAccessible(debits, desk.isElectron)
    await screenshot(debits, 'debits-collect', 'light')
    await debits.keyboard.press('Escape')
    const page = await desk.open('/billing/customers')
    await page.getByRole('gridcell').first().click()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Mandate…' }).click()
    const dialog = page.getByRole('dialog', { name: /^A mandate of/ })
    await dialog.getByLabel('IBAN').fill('NL91 ABNA 0417 1643 00')
    await expectAccessible(page, desk.isElectron)
    await screenshot(page, 'mandate-dialog', 'dark')
    await dialog.getByRole('button', { name: 'Mandate…' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('table', { name: 'Mandates of direct debits' })).toContainText('Valid')
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, desk.isElectron)
      await screenshot(page, 'customer-mandates', theme)
    }
  })
})
