import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { nameWorkspace } from './begin.ts'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'
import { writeRecoveryKeyDown } from './recovery-key.ts'

/** A workspace of one's own, whose recovery key is written down, so that real data may come in. */
async function begin(page: Page): Promise<void> {
  await nameWorkspace(page)
  await writeRecoveryKeyDown(page)
  await expect(page.getByText('A recovery key was written down and confirmed.')).toBeVisible()
}

/** Two keys that lead to a screen. */
async function goTo(page: Page, key: string, heading: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press(key)
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
}

/** The word of a phase in each row of a timeline. */
const phases = (page: Page, name: string) => page.getByRole('table', { name }).locator('tbody tr')

test.describe('customers, plans and subscriptions', () => {
  test.use({ workspace: 'empty' })

  test('billing.subscription.start: from no plan to customers who are subscribed, by keyboard', async ({
    desk,
  }) => {
    test.slow()
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-customers-'))
    try {
      const page = await desk.open('/')
      await begin(page)

      // The four default plans, and a second version of one of them.
      await goTo(page, 'n', 'Plans')
      await expect(page.getByText('No plans yet')).toBeVisible()
      await expectAccessible(page, desk.isElectron)
      await page.keyboard.press('d')
      const plans = page.getByRole('grid', { name: 'Plans' })
      await expect(plans.getByRole('gridcell', { name: 'Enterprise', exact: true })).toBeVisible()
      await plans.getByRole('gridcell', { name: 'Starter', exact: true }).dblclick()
      await expect(page.getByRole('heading', { level: 1, name: 'Starter' })).toBeVisible()
      await expectAccessible(page, desk.isElectron)
      await page.keyboard.press('v')
      const fee = page.getByRole('article', { name: 'Starter plan' })
      await fee.getByRole('textbox', { name: 'Amount' }).fill('119')
      await fee.getByLabel('Seats').fill('3')
      await expect(fee.getByRole('status', { name: 'What it comes to' })).toContainText('357.00 USD')
      await expectAccessible(page, desk.isElectron)
      await page.keyboard.press('Control+s')
      await expect(page.getByRole('heading', { name: 'Version 2' })).toBeVisible()
      await expect(page.getByRole('heading', { name: 'Version 1' })).toBeVisible()
      await expect(page.getByText('changed', { exact: true })).toHaveCount(1)

      // A customer who is added by hand, subscribed, changed, paused and cancelled.
      await goTo(page, 'u', 'Customers')
      await expect(page.getByText('No customers yet')).toBeVisible()
      await page.keyboard.press('n')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name', { exact: true }).fill('Nordlicht Energie')
      await expect(dialog.getByLabel('Key', { exact: false }).first()).toHaveValue('nordlicht-energie')
      await dialog.getByLabel('Country').fill('DE')
      await expectAccessible(page, desk.isElectron)
      await dialog.getByRole('button', { name: 'Add customer' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Nordlicht Energie' })).toBeVisible()

      await page.keyboard.press('s')
      await dialog.getByRole('combobox', { name: 'Plan' }).click()
      await page.getByRole('option', { name: /^Starter – 119/ }).click()
      await expect(phases(page, 'What it will look like')).toHaveText([/^Trial/, /^Active/])
      await dialog.getByRole('textbox', { name: 'Days of trial' }).fill('0')
      await expect(phases(page, 'What it will look like')).toHaveText([/^Active/])
      await expectAccessible(page, desk.isElectron)
      await dialog.getByRole('button', { name: 'Start subscription' }).click()
      await expect(phases(page, 'Phases of Starter')).toHaveText([/^ActiveStarter version 21/])

      await page.keyboard.press('u')
      await dialog.getByRole('textbox', { name: 'Seats' }).fill('7')
      await dialog.getByText('End of period', { exact: true }).click()
      await dialog.getByRole('button', { name: 'Change plan or seats' }).click()
      await expect(phases(page, 'Phases of Starter')).toHaveCount(2)

      await page.keyboard.press('p')
      await dialog.getByRole('button', { name: 'Pause', exact: true }).click()
      await expect(phases(page, 'Phases of Starter').filter({ hasText: 'Paused' })).toHaveCount(2)
      await page.getByRole('button', { name: 'Undo' }).last().click()
      await expect(phases(page, 'Phases of Starter').filter({ hasText: 'Paused' })).toHaveCount(0)

      await page.keyboard.press('x')
      await dialog.getByRole('button', { name: 'Cancel subscription' }).click()
      await expect(page.getByText(/· Ends /)).toBeVisible()
      await expectAccessible(page, desk.isElectron)

      // A file brings more; one bad line and nothing comes in.
      await page.keyboard.press('b')
      await page.keyboard.press('i')
      await expect(page.getByRole('heading', { level: 1, name: 'Import customers' })).toBeVisible()
      const head = 'key,name,country,currency,plan,started_at\n'
      const bad = join(folder, 'bad.csv')
      writeFileSync(bad, `${head}acme,Acme,US,USD,nothing,2026-01-01\n`)
      await page.locator('input[type=file]').setInputFiles(bad)
      await expect(page.getByRole('cell', { name: 'there is no plan nothing' })).toBeVisible()
      await expectAccessible(page, desk.isElectron)
      await page.getByRole('button', { name: 'Choose another file' }).click()
      const good = join(folder, 'good.csv')
      writeFileSync(
        good,
        `${head}acme,Acme,US,USD,free,2026-01-01\nblue,Blue Harbor,US,USD,enterprise,2026-03-01\n`,
      )
      await page.locator('input[type=file]').setInputFiles(good)
      await page.getByRole('button', { name: /^Bring in/ }).click()
      await expect(page.getByRole('heading', { name: 'What came in' })).toBeVisible()
      await page.getByRole('button', { name: 'Show customers' }).click()
      const customers = page.getByRole('grid', { name: 'Customers' })
      await expect(customers.getByRole('gridcell', { name: 'Blue Harbor' })).toBeVisible()
      await expect(page.getByText('3 customers')).toBeVisible()
      await expectAccessible(page, desk.isElectron)

      // The search box finds one, and the palette leads to its page.
      await page.keyboard.press('/')
      await page.keyboard.type('acme')
      await expect(page.getByText('1 customer found')).toBeVisible()

      for (const theme of ['light', 'dark'] as const) {
        await setTheme(page, theme)
        for (const [width, height] of [
          [1440, 900],
          [1024, 700],
        ] as const) {
          await page.setViewportSize({ width, height })
          await customers.getByRole('gridcell', { name: 'Acme', exact: true }).dblclick()
          await expect(page.getByRole('table', { name: 'Phases of Free' })).toBeVisible()
          await expectAccessible(page, desk.isElectron)
          await screenshot(page, `customer-${width}`, theme)
          await page.keyboard.press('b')
          await expect(customers).toBeVisible()
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test.describe('how the invoices of a customer are made', () => {
  test('billing.arrangement.set: one for each subscription, said by whom, and taken back', async ({
    desk,
  }) => {
    const page = await desk.open('/billing/customers')
    const customers = page.getByRole('grid', { name: 'Customers' })
    await customers.getByRole('row').nth(1).getByRole('gridcell').nth(1).dblclick()
    const heading = page.getByRole('heading', { name: 'How invoices are made' })
    // The page is a section too: this is the innermost.
    const part = page.locator('section').filter({ has: heading }).last()
    await expect(part).toContainText('One for all subscriptions')
    await expect(part).not.toContainText('Last changed')
    await part.getByRole('button', { name: 'Change how invoices are made…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: 'One for each subscription' }).check()
    await dialog.getByLabel(/^The least that a month comes to/).fill('250')
    await expectAccessible(page, desk.isElectron)
    await screenshot(page, 'arrangement-dialog', 'light')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(part).toContainText('One for each subscription')
    await expect(part).toContainText('250')
    await expect(part).toContainText('Last changed')
    await part.scrollIntoViewIfNeeded()
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, desk.isElectron)
      await screenshot(page, 'arrangement', theme)
    }

    // What is charged once says on whose invoice it goes.
    await page.keyboard.press('Shift+O')
    await expect(dialog.getByRole('combobox', { name: 'On the invoice of' })).toBeVisible()
    await expectAccessible(page, desk.isElectron)
    await screenshot(page, 'one-off-subscription', 'dark')
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await part.getByRole('button', { name: 'Change how invoices are made…' }).click()
    await dialog.getByRole('radio', { name: 'One for all subscriptions' }).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(part).toContainText('One for all subscriptions')
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await expect(part).toContainText('One for each subscription')

    // Others look at this customer too: it is left as it was found.
    await part.getByRole('button', { name: 'Change how invoices are made…' }).click()
    await dialog.getByRole('radio', { name: 'One for all subscriptions' }).check()
    await dialog.getByLabel(/^The least that a month comes to/).fill('')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(part).not.toContainText('Last changed')
  })
})
