import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, setTheme } from './fixtures.ts'
import { ADMIN, startServer, type TestBackend } from './server.ts'

/** A server with its first admin, for the specs of who may come in. */
const test = base.extend<object, { server: TestBackend }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for an object
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-access-'))
      const server = await startServer(folder)
      await use(server)
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

// biome-ignore lint/correctness/noEmptyPattern: Playwright asks for an object
test.beforeEach(({}, info) => {
  test.skip(info.project.name === 'electron', 'a server is reached by a browser')
})

/** Long enough for the first page of a server that has just started. */
const PATIENCE = { timeout: 60_000 }

/** Looks at a page as it is in both themes. */
async function look(page: Page, name?: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme)
    await expectAccessible(page)
    if (name) await screenshot(page, name, theme)
  }
}

/** Comes in with the passphrase; with a second factor the page for its code is next. */
async function signIn(page: Page, url: string, next: 'inside' | 'code' = 'inside'): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('E-mail address').fill(ADMIN.email)
  await page.getByLabel('Passphrase').fill(ADMIN.passphrase)
  await page.keyboard.press('Enter')
  if (next === 'inside') await expect(page.getByRole('contentinfo')).toBeVisible(PATIENCE)
  else await expect(page.getByRole('heading', { name: 'One-time code' })).toBeVisible()
}

/** The code of an authenticator (RFC 6238: SHA-1, 30 seconds, six digits) for a secret in base32. */
function codeOf(secret: string, at: number): string {
  const bits = [...secret.replace(/[\s=]/g, '')]
    .map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter.toUpperCase()))
    .map(value => value.toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = digest[19]! & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('access.people.invite: somebody is invited, comes in by the link, and is seen; all by keyboard', async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, server.url)
  await page.goto(`${server.url}/#/workspace/access`)
  const people = page.getByRole('grid', { name: 'How people come in' })
  await expect(people.getByRole('gridcell', { name: 'Ada Lovelace' })).toBeVisible()
  await look(page, 'access')
  await people.press('n')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('張偉 Wei Zhang')
  await page.keyboard.press('Tab')
  await page.keyboard.type('wei@harbour')
  await expect(dialog.getByRole('button', { name: 'Add and make the link' })).toBeDisabled()
  await page.keyboard.type('.example')
  await look(page)
  await page.keyboard.press('Enter')
  const shown = page.getByRole('dialog', { name: 'Invitation for 張偉 Wei Zhang' })
  const link = (await shown.getByRole('status').textContent())!
  expect(link).toMatch(new RegExp(`^${server.url}/\\S+$`))
  await look(page)
  await shown.getByRole('button', { name: 'I have copied it' }).press('Enter')
  await expect(shown).toHaveCount(0)
  await expect(people.getByRole('row').filter({ hasText: '張偉' })).toContainText('Invited')

  const context = await browser.newContext()
  const other = await context.newPage()
  await other.goto(link)
  await look(other)
  for (const field of await other.locator('input[type=password]').all())
    await field.fill('twelve boats in a bay')
  await other.keyboard.press('Enter')
  await expect(other.getByRole('contentinfo')).toBeVisible()
  await expect(other.getByRole('button', { name: /張偉/ }).first()).toBeVisible()
  await expect(people.getByRole('row').filter({ hasText: '張偉' })).toContainText('Passphrase')

  // Their session ends, and they are outside at their next request.
  await page.goto(`${server.url}/#/workspace/access?part=sessions`)
  const sessions = page.getByRole('grid', { name: 'Open sessions' })
  await sessions.getByRole('row').filter({ hasText: '張偉' }).getByRole('gridcell').first().click()
  await look(page)
  await sessions.press('d')
  await page.getByRole('dialog').getByRole('button', { name: 'End the session' }).press('Enter')
  await expect(sessions.getByRole('row').filter({ hasText: '張偉' })).toHaveCount(0)
  await other.goto(`${server.url}/account`)
  await expect(other.getByLabel('Passphrase')).toBeVisible()
  await context.close()
})

test('access.tokens.create: a token is shown once, opens what it names, and nothing after it was revoked', async ({
  page,
  server,
}) => {
  await signIn(page, server.url)
  await page.goto(`${server.url}/#/workspace/access?part=tokens`)
  await expect(page.getByText('No program has a token')).toBeVisible()
  await look(page)
  await page.getByRole('grid', { name: 'Tokens of programs' }).press('n')
  const dialog = page.getByRole('dialog', { name: 'New token' })
  await expect(dialog.getByRole('textbox', { name: 'Program' })).toBeFocused()
  await page.keyboard.type('importer')
  await look(page)
  await page.keyboard.press('Enter')
  const shown = page.getByRole('dialog', { name: /importer/ })
  const secret = (await shown.getByRole('status').textContent())!
  await shown.getByRole('button', { name: 'I have copied it' }).press('Enter')
  const ask = () =>
    fetch(`${server.url}/api/v1/billing/usage/record`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events: [] }),
    })
  // It may ask; what it asks is not right.
  expect((await ask()).status).toBe(400)
  const tokens = page.getByRole('grid', { name: 'Tokens of programs' })
  await tokens.getByRole('gridcell', { name: 'importer' }).click()
  await tokens.press('d')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Revoke/ })
    .press('Enter')
  await expect(tokens.getByRole('row').filter({ hasText: 'importer' })).toContainText('Revoked')
  expect((await ask()).status).toBe(401)
})

test('access.secondFactor: one-time codes are set up, asked for, and a recovery code lets in without the phone', async ({
  page,
  server,
}) => {
  await signIn(page, server.url)
  await page.goto(`${server.url}/account`)
  await look(page)
  await page.getByRole('link', { name: 'Set up one-time codes' }).press('Enter')
  await look(page)
  const secret = (await page.locator('.secret').textContent())!
  await page.getByLabel('Code of six digits').fill(codeOf(secret, Date.now()))
  await page.getByLabel('Your passphrase').fill(ADMIN.passphrase)
  await page.keyboard.press('Enter')
  await expect(page.getByText(/recovery codes/i).first()).toBeVisible()
  await look(page)
  const recovery = (await page.locator('ol.codes li').first().textContent())!.trim().split(/\s+/)[0]!
  await page.goto(`${server.url}/sign-out`)
  await page.getByRole('button', { name: 'Sign out' }).press('Enter')
  await signIn(page, server.url, 'code')
  await look(page)
  await page.getByLabel(/code/i).first().fill('000000')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await look(page)
  await page.getByLabel(/code/i).first().fill(recovery)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('contentinfo')).toBeVisible()
})
