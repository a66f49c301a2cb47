import type { Locator, Page } from '@playwright/test'
import { expect } from './fixtures.ts'

/** The row that has the cursor. */
export const active = (grid: Locator) => grid.locator('[role=row][data-active=true]')

/** Moves the cursor of a grid to the row with a text, by the arrow keys. */
export async function moveTo(page: Page, grid: Locator, text: string): Promise<void> {
  await grid.focus()
  await page.keyboard.press('Control+Home')
  for (let rows = 0; rows < 40; rows++) {
    if (((await active(grid).textContent()) ?? '').includes(text)) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`No row of the grid says ${text}.`)
}

/** Two keys that lead to a screen. */
export async function goTo(page: Page, key: string, heading: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press(key)
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
}
