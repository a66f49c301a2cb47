import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ed25519Signer } from '#core/log/ed25519.ts'
import { access } from '#shared/contract/access.ts'
import { enrolmentText } from '#shared/device-protocol.ts'
import { findBrowser } from '../../scripts/lib/browser.ts'
import { identityServer, PASSPHRASE, type TestServer } from './identity-kit.ts'

const executablePath = await findBrowser()

describe.each(['light', 'dark'] as const)('pages of sign-in in a browser, %s', colorScheme => {
  let server: TestServer
  let browser: Browser
  let link: string
  let code: string
  beforeAll(async () => {
    server = await identityServer()
    browser = await chromium.launch({
      args: ['--no-sandbox', '--disable-gpu'],
      ...(executablePath === undefined ? {} : { executablePath }),
    })
    const { admin } = await server.workspace(0, 'ada@example.com')
    const invited = { name: 'Grace', email: 'grace@example.com', roles: ['ops' as const] }
    link = (await (await server.core()).call(access.people.invite, invited, admin)).link.path
    const signer = ed25519Signer(new Uint8Array(32).fill(3))
    const asked = {
      name: 'Desk',
      platform: 'linux',
      publicKey: Buffer.from(signer.publicKey).toString('hex'),
    }
    const signature = Buffer.from(await signer.sign(Buffer.from(enrolmentText(asked, server.base))))
    const response = await fetch(`${server.base}/device/v1/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...asked, signature: signature.toString('hex') }),
    })
    code = ((await response.json()) as { code: string }).code
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  async function violations(page: Page): Promise<string[]> {
    const { violations: found } = await new AxeBuilder({ page }).analyze()
    return found.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`)
  }

  it('are worked by keys, run nothing that the policy forbids, and can be read by everybody', async () => {
    const context = await browser.newContext({ colorScheme })
    const page = await context.newPage()
    const forbidden: string[] = []
    page.on('console', message => {
      if (message.text().includes('Content Security Policy')) forbidden.push(message.text())
    })
    for (const path of [
      '/sign-in',
      link,
      '/invitation/gone',
      (await server.identity.firstAdmin(true))!.path,
    ]) {
      await page.goto(server.base + path)
      expect([path, await violations(page)]).toEqual([path, []])
    }
    await page.goto(`${server.base}/sign-in?next=/account`)
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('email')
    await page.keyboard.type('ada@example.com')
    await page.keyboard.press('Tab')
    await page.keyboard.type('not the passphrase')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await violations(page)).toEqual([])
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('passphrase')
    await page.keyboard.type(PASSPHRASE)
    await page.keyboard.press('Enter')
    await page.waitForURL(url => url.pathname === '/account')
    for (const path of ['/account', '/account/code', '/device', `/device?code=${code}`, '/sign-out']) {
      await page.goto(server.base + path)
      expect([path, await violations(page)]).toEqual([path, []])
    }
    expect(await page.locator('h1').textContent()).toBe('Sign out')
    await page.getByRole('button', { name: 'Sign out' }).press('Enter')
    await page.getByText('You are signed out on this browser.').waitFor()
    expect(await violations(page)).toEqual([])
    expect(forbidden).toEqual([])
    await context.close()
  }, 120_000)
})
