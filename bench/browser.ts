import { type Browser, chromium } from '@playwright/test'
import { findBrowser } from '../scripts/lib/browser.ts'

/** The browser that the tests use, as a person has it: only its sandbox is off where root runs it. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findBrowser()
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  })
}
