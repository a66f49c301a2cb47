import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'
import { active, moveTo } from './keyboard.ts'

test.describe('the end of a month', () => {
  test('billing.monthEnd.check: steps are walked, checked off and taken back by keyboard', async ({
    desk,
  }) => {
    test.slow()
    const page = await desk.open('/billing/month-end?month=2026-10')
    const grid = page.getByRole('grid', { name: 'What is left of Oct 2026' })
    const row = (text: string) => grid.getByRole('row').filter({ hasText: text })
    await expect(page.getByText(/^Oct 2026: \d+ steps are left$/)).toBeVisible()

    // What only a person knows is checked off with a note, and can be taken back.
    await moveTo(page, grid, 'Balance agrees with the bank')
    await expect(active(grid)).toContainText('To do')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Check off: Balance agrees with the bank' })
    await expect(dialog.getByLabel('Note')).toBeFocused()
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.type('Statement 10 of the bank')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(row('Balance agrees with the bank')).toContainText('Done')
    for (const theme of ['dark', 'light'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, desk.isElectron)
      await screenshot(page, 'month-end', theme)
    }
    await grid.focus()
    await page.keyboard.press('Shift+X')
    await expect(row('Balance agrees with the bank')).toContainText('To do')

    // The month before was closed; what it says by hand is who did it then.
    await page.keyboard.press('[')
    const before = page.getByRole('grid', { name: 'What is left of Sep 2026' })
    await expect(before.getByRole('row').filter({ hasText: 'Balance agrees with the bank' })).toContainText(
      'Agrees with the statement of the last day.',
    )
    await page.keyboard.press(']')
    await expect(row('Balance agrees with the bank')).toContainText('To do')

    // Own steps are put in order, and back.
    await page.keyboard.press('o')
    const own = page.getByRole('grid', { name: 'Own steps' })
    const names = () => own.getByRole('row').filter({ hasText: 'In use' }).allTextContents()
    await expect(own).toBeVisible()
    const first = await names()
    expect(first.length).toBeGreaterThan(1)
    await own.focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('u')
    await expect.poll(async () => (await names())[0]).toBe(first[1])
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.press('d')
    await expect.poll(names).toEqual(first)

    // Enter leads to where a step is done.
    await page.keyboard.press('o')
    await moveTo(page, grid, 'Bank lines are matched')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Payments' })).toBeVisible()
  })
})
