import type { Page } from '@playwright/test'
import { CUSTOMERS } from './billing-month.ts'
import { expect, expectAccessible, screenshot, setTheme, test } from './fixtures.ts'
import { active, goTo, moveTo } from './keyboard.ts'

async function look(page: Page, isElectron: boolean, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme)
    await expectAccessible(page, isElectron)
    await screenshot(page, name, theme)
  }
}

test.describe('a month, from its checklist to its lock', () => {
  test.use({ workspace: 'billing' })

  test('billing.period.lock: every step of the month’s end is done by keyboard, and what is locked stays so', async ({
    desk,
  }) => {
    test.setTimeout(600_000)
    const page = await desk.open('/')
    const steps = page.getByRole('grid', { name: 'What is left of Oct 2026' })
    const step = (text: string) => steps.getByRole('row').filter({ hasText: text })
    const left = (count: number) =>
      expect(page.getByText(`Oct 2026: ${count} step${count === 1 ? ' is' : 's are'} left`)).toBeVisible()
    const checklist = async () => {
      await goTo(page, 'Shift+X', 'Month-end checklist')
      await expect(step('The month is locked')).toBeVisible()
    }
    /** Enter on a step, which leads to where it is done, or does it. */
    const enter = async (text: string) => {
      await moveTo(page, steps, text)
      await page.keyboard.press('Enter')
    }

    // Nothing of October is in yet. Twelve steps: metrics, subscriptions, dry run, close, six that come after the
    // close, the documents and their mails with it, and the bank's balance.
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await checklist()
    await left(12)
    await expect(step('The month is locked')).toContainText('When 12 other steps are settled')
    await expect(step('Subscriptions are up to date')).toContainText(
      `Something of ${CUSTOMERS} subscriptions is not noted yet`,
    )
    await look(page, desk.isElectron, 'month-end-begin')

    // Usage comes in: the step leads to where it does, and the keys from there to the receipt.
    await enter('Usage is in')
    await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible()
    await page.keyboard.press('b')
    const choose = page.getByRole('button', { name: 'Choose a file' })
    await expect(choose).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(choose).toBeFocused()
    const asked = page.waitForEvent('filechooser')
    await page.keyboard.press('Enter')
    await (await asked).setFiles(desk.billing!.october)
    await expect(page.getByText('No problem was found.')).toBeVisible()
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(page.getByRole('heading', { name: 'Receipt of usage-2026-10.csv' })).toBeVisible()
    await expect(page.getByText('1,092').first()).toBeVisible()

    // The daily look at subscriptions is had now.
    await checklist()
    await enter('Subscriptions are up to date')
    await expect(page.getByText('Looking at all subscriptions.')).toBeVisible()
    await expect(step('Subscriptions are up to date')).toContainText('Done', { timeout: 60_000 })
    await left(11)

    // Metrics stopped before the last days of the month; that is so in every month of this company, and is accepted.
    await moveTo(page, steps, 'Every metric still reports')
    await expect(active(steps)).toContainText('3 metrics had no usage in the last three days')
    await page.keyboard.press('x')
    const accept = page.getByRole('dialog', { name: 'Accept: Every metric still reports' })
    await expect(accept.getByLabel('Note')).toBeFocused()
    await look(page, desk.isElectron, 'month-end-accept')
    await page.keyboard.press('Escape')
    await expect(accept).toBeHidden()
    await expect(steps).toBeFocused()
    await page.keyboard.press('x')
    await page.keyboard.type('They count until the 26th')
    await page.keyboard.press('Enter')
    await expect(step('Every metric still reports')).toContainText('Accepted')
    await expect(step('Every metric still reports')).toContainText('Ada Lovelace')
    await expect(steps).toBeFocused()

    // The close, after its dry run.
    await enter('Dry run of the close')
    await expect(page.getByRole('heading', { name: 'What a close of Oct 2026 would make' })).toBeVisible()
    await expect(page.getByText(/^60 drafts would be made/)).toBeVisible({ timeout: 60_000 })
    await checklist()
    await expect(step('Dry run of the close')).toContainText('Done')
    await enter('The close')
    await expect(page.getByRole('dialog', { name: 'Close Oct 2026' })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByText(/^60 drafts, \d+ drafts have a doubt$/)).toBeVisible({ timeout: 60_000 })

    // The doubtful ones one by one, the clean ones together.
    await checklist()
    await expect(step('Drafts are reviewed')).toContainText('60 drafts are to be decided: 8 doubtful')
    await enter('Drafts are reviewed')
    const drafts = page.getByRole('grid', { name: 'Invoices' })
    await expect(page.getByText('8 of 60 drafts may be wrong')).toBeVisible()
    for (let doubtful = 8; doubtful > 0; doubtful--) {
      await expect(active(drafts)).toContainText('Draft')
      const name = (await active(drafts).getByRole('gridcell').nth(1).textContent())!
      await page.keyboard.press('a')
      await expect(page.getByText(`${name} is approved.`)).toBeVisible()
      await expect(drafts.getByRole('row').filter({ hasText: name })).toHaveCount(0)
    }
    await expect(page.getByText('None of the 52 drafts is in doubt')).toBeVisible()
    await page.keyboard.press('Shift+A')
    await expect(page.getByRole('dialog', { name: 'Approve 52 clean invoices' })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByText('No draft is left to decide')).toBeVisible({ timeout: 60_000 })

    // All are issued from where the step leads.
    await checklist()
    await expect(step('Approved invoices are issued')).toContainText('60 approved invoices are not issued')
    await enter('Approved invoices are issued')
    await expect(drafts.getByRole('row').filter({ hasText: 'Approved' }).first()).toBeVisible()
    await page.keyboard.press('Shift+E')
    await expect(page.getByRole('dialog', { name: 'Issue 60 invoices' })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByText('60 invoices issued.')).toBeVisible({ timeout: 60_000 })

    // What only a person knows is left, and then the lock.
    await checklist()
    await expect(step('Documents are made')).toContainText('Done', { timeout: 120_000 })
    await left(1)
    await enter('Balance agrees with the bank')
    await expect(page.getByRole('dialog', { name: 'Check off: Balance agrees with the bank' })).toBeVisible()
    await page.keyboard.type('Statement 10 of the bank')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Oct 2026 is ready to be locked')).toBeVisible()
    await enter('The month is locked')
    const lock = page.getByRole('dialog', { name: 'Lock Oct 2026' })
    await expect(lock.getByText('Opening it again takes another person.')).toBeVisible()
    await look(page, desk.isElectron, 'month-end-lock')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Oct 2026 is closed and locked')).toBeVisible()
    await expect(steps).toBeFocused()
    await look(page, desk.isElectron, 'month-end-locked')
    // What was checked says how the month was closed, and is not taken back any more.
    await moveTo(page, steps, 'Balance agrees with the bank')
    await page.keyboard.press('Shift+X')
    await expect(step('Balance agrees with the bank')).toContainText('Statement 10 of the bank')

    // What would change its billed money is not offered, and the invoice says so.
    await enter('Documents are made')
    await expect(drafts.getByRole('row').filter({ hasText: 'Issued' }).first()).toBeVisible()
    await drafts.focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Enter')
    const pane = page.getByRole('complementary')
    await expect(pane.getByText(/INV-2026-/).first()).toBeVisible()
    await page.keyboard.press('5')
    await expect(pane.getByText('The month Oct 2026 is locked.')).toBeVisible()
    await expect(pane.getByRole('button', { name: 'Credit note…' })).toBeVisible()
    await page.keyboard.press('Shift+V')
    await expect(page.getByRole('dialog')).toHaveCount(0)

    // Nor is it closed again. To open it takes another person.
    await checklist()
    await enter('The month is locked')
    await expect(page.getByRole('heading', { level: 1, name: 'Close a month' })).toBeVisible()
    await expect(page.getByText('To close it again, it has to be opened first.')).toBeVisible()
    await expect(page.getByRole('button', { name: /^Close Oct 2026/ })).toBeDisabled()
    await look(page, desk.isElectron, 'close-locked')
    // The report of the dry run leads to a close too. It is refused where it is asked for, in words.
    const runs = page.getByRole('grid', { name: 'Earlier runs' })
    await moveTo(page, runs, 'Dry run')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'What a close of Oct 2026 would make' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+Enter')
    const again = page.getByRole('dialog', { name: 'Close Oct 2026' })
    await expect(again).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(again.getByRole('alert')).toHaveText(
      'Oct 2026 is locked: nothing that changes its billed money runs. It can be opened again with an approval.',
    )
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.press('Escape')
    await expect(again).toBeHidden()
    await checklist()
    await enter('The month is locked')
    await expect(page.getByText('To close it again, it has to be opened first.')).toBeVisible()
    await page.keyboard.press('Shift+L')
    const reopen = page.getByRole('dialog', { name: 'Open Oct 2026 again' })
    await expect(reopen.getByText('Another person has to approve it.')).toBeVisible()
    await expect(reopen.getByLabel('Reason')).toBeFocused()
    await look(page, desk.isElectron, 'month-reopen')
    await page.keyboard.type('A customer was billed twice')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Asked to open Oct 2026 again')).toBeVisible()
    await expect(page.getByText('Opening it again waits for an approval.')).toBeVisible()
    await expect(page.getByText(/^Oct 2026 is locked/).first()).toBeVisible()

    // Whoever asked does not decide it.
    await goTo(page, 'e', 'Approvals')
    await expect(page.getByText('Nothing for you to decide')).toBeVisible()
    const requests = page.getByRole('grid', { name: 'Approvals' })
    await expect(requests.getByRole('row').filter({ hasText: 'Oct 2026' })).toContainText('Waiting')
    await requests.focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Enter')
    await expect(pane.getByText('1 of: Approver, except who asked')).toBeVisible()
    // Nobody has the role in this company yet: whoever waits is told.
    await expect(pane.getByText(/^Too few people may decide it: it needs 1 besides who asked/)).toBeVisible()
    await expect(pane.getByRole('button', { name: /^Approve/ })).toHaveCount(0)
    await look(page, desk.isElectron, 'month-reopen-request')
  })
})
