import { expect, expectAccessible, test } from './fixtures.ts'

test.describe('notifications', () => {
  test.use({ workspace: 'empty' })
  // Looking for barriers takes its time on a busy machine.
  test.setTimeout(240_000)

  test('what one is told is in the inbox, counted by the bell, and is read by opening it', async ({
    desk,
  }) => {
    const page = await desk.open()
    await page.getByRole('button', { name: 'Name the workspace', exact: true }).click()
    await page.getByLabel('Name of the workspace').fill('Example Cloud')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Your e-mail address').fill('ada@example.com')
    await page.getByRole('button', { name: 'Create the workspace' }).click()
    const bell = page.getByRole('button', { name: /^Notifications: / })
    await expect(bell).toHaveAccessibleName('Notifications: Nothing unread')

    await bell.click()
    await expect(page.getByText('Nothing here yet')).toBeVisible()
    await page.getByText('Channels', { exact: true }).click()
    await expect(page.getByText('No mails go out')).toBeVisible()
    await page.getByRole('button', { name: /Show a test on this desktop/ }).click()
    await expect(page.getByText('The test is in your inbox')).toBeVisible()
    await expect(bell).toHaveAccessibleName('Notifications: 1 unread')

    await page.getByText('Inbox', { exact: true }).click()
    const row = page.getByRole('row').filter({ hasText: 'A test message' })
    await expect(row).toContainText('Urgent')
    await expectAccessible(page, desk.isElectron)
    await row.click()
    await page.keyboard.press('r')
    await expect(bell).toHaveAccessibleName('Notifications: Nothing unread')
    await expect(row).toContainText('Read')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(bell).toHaveAccessibleName('Notifications: 1 unread')
  })

  test('preferences stay as they were chosen, and wrong times are told at once', async ({ desk }) => {
    const page = await desk.open()
    await page.getByRole('button', { name: 'Name the workspace', exact: true }).click()
    await page.getByLabel('Name of the workspace').fill('Example Cloud')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Your e-mail address').fill('ada@example.com')
    await page.getByRole('button', { name: 'Create the workspace' }).click()
    await page.getByRole('button', { name: /^Notifications: / }).click()
    await page.getByText('My preferences', { exact: true }).click()
    await expectAccessible(page, desk.isElectron)
    await page.getByRole('combobox', { name: 'Somebody mentions me: By e-mail' }).click()
    await page.getByRole('option', { name: 'Once a day' }).click()
    await page.getByRole('switch', { name: 'Do not disturb me in quiet hours' }).check({ force: true })
    const until = page.getByLabel('Until')
    await until.fill('25:00')
    await expect(page.getByText('Write a time such as 22:00.')).toBeVisible()
    const save = page.getByRole('button', { name: 'Save preferences' })
    await expect(save).toBeDisabled()
    await until.fill('6')
    await save.click()
    await expect(page.getByText('Your preferences were changed.')).toBeVisible()
    await page.getByText('Inbox', { exact: true }).click()
    await page.getByText('My preferences', { exact: true }).click()
    await expect(until).toHaveValue('06:00')
    await expect(page.getByRole('combobox', { name: 'Somebody mentions me: By e-mail' })).toHaveValue(
      'Once a day',
    )
  })
})
