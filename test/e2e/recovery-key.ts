import type { Page } from '@playwright/test'
import { expect } from './fixtures.ts'

/** On the page Keys: asks for a recovery key by its key, once the page offers it. Answers with what is shown. */
export async function makeRecoveryKey(page: Page): Promise<string> {
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
  // The key works from when the keys that there are have been read.
  await expect(page.getByRole('button', { name: 'Make a recovery key' })).toBeVisible()
  await page.keyboard.press('m')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Make a recovery key' }).click()
  return (await dialog.locator('output').textContent())!.trim()
}

/** Makes a recovery key and proves that it was written down. */
export async function writeRecoveryKeyDown(page: Page): Promise<void> {
  const key = await makeRecoveryKey(page)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'I have written it down' }).click()
  await dialog.getByRole('textbox').fill(key)
  await page.keyboard.press('Enter')
}
