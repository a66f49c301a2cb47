import type { Page } from '@playwright/test'

/** On the first page of an empty workspace: gives it a name and its first person. Ends on the page of its keys. */
export async function nameWorkspace(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Name the workspace', exact: true }).click()
  await page.getByLabel('Name of the workspace').fill('Harbour Ltd')
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('Your e-mail address').fill('ada@harbour.example')
  await page.getByRole('button', { name: 'Create the workspace' }).click()
}
