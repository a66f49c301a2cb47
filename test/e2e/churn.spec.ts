import { expect, expectAccessible, setTheme, test } from './fixtures.ts'

test.describe('recurring revenue', () => {
  test('billing.churn.analyse: a chart with its table, and one plan alone', async ({ desk }) => {
    const page = await desk.open('/billing/churn?currency=USD')
    const grid = page.getByRole('grid', { name: 'Recurring revenue' })
    await expect(grid.getByRole('row').nth(3)).toBeVisible()
    const figure = page.getByRole('figure')
    await expect(figure).toBeVisible()
    const end = (await grid.getByRole('row').nth(1).textContent()) ?? ''

    // The table behind the chart has the same months, exactly.
    await page.getByRole('button', { name: /table/i }).click()
    await expect(figure.getByRole('table').getByRole('row')).toHaveCount(13)
    await page.getByRole('button', { name: /chart/i }).click()
    await page.getByText('Moves', { exact: true }).click()
    await expect(page).toHaveURL(/[?&]chart=moves/)
    await expectAccessible(page, desk.isElectron)

    // What recurs on one plan is a part of it, and so is what moved.
    await page.getByRole('combobox', { name: 'Plan' }).click()
    await page.getByRole('option', { name: 'Professional' }).click()
    await expect(page).toHaveURL(/[?&]plan=/)
    await expect(page.getByText(/^Of one plan/)).toBeVisible()
    await expect(grid.getByRole('row').nth(1)).not.toHaveText(end)
    await setTheme(page, 'dark')
    await expectAccessible(page, desk.isElectron)
    await grid.focus()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/[?&]month=/)
    await expect(page).toHaveURL(/[?&]plan=/)
  })
})
