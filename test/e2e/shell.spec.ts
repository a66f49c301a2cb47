import { PATHS } from '#shared/browser-host-protocol.ts'
import { expect, expectAccessible, expectLoaded, screenshot, setTheme, test } from './fixtures.ts'

const SCREENS = [
  ['billing/invoices', 'Invoices'],
  ['billing/close', 'Close a month'],
  ['billing/month-end', 'Month-end checklist'],
  ['billing/journal', 'Journal'],
  ['billing/payments', 'Payments'],
  ['billing/dunning', 'Dunning'],
  ['billing/usage', 'Usage'],
  ['billing/usage-analytics', 'Usage analytics'],
  ['billing/quotas', 'Usage limits'],
  ['billing/subscriptions', 'Subscriptions'],
  ['billing/contracts', 'Contracts'],
  ['billing/coupons', 'Coupons'],
  ['billing/wallets', 'Wallets'],
  ['billing/churn', 'Recurring revenue'],
  ['billing/tax', 'Tax'],
  ['billing/entities', 'Legal entities'],
  ['billing/exchange-rates', 'Exchange rates'],
  ['billing/simulator', 'Price simulator'],
  ['billing/metrics', 'Metrics'],
  ['billing/customers', 'Customers'],
  ['billing/plans', 'Plans'],
  ['finops/explorer', 'Cost explorer'],
  ['finops/bills', 'Bills'],
  ['workspace/approvals', 'Approvals'],
  ['workspace/notifications', 'Notifications'],
  ['workspace/jobs', 'Jobs'],
  ['workspace/mentions', 'Mentions'],
  ['workspace/views', 'Saved views'],
  ['workspace/people', 'People and roles'],
  ['workspace/log', 'Command log'],
  ['workspace/keys', 'Keys'],
  ['workspace/settings', 'Settings'],
  ['workspace/diagnostics', 'Diagnostics'],
  ['workspace/preferences', 'Preferences'],
  ['workspace/about', 'About and shortcuts'],
] as const

test.describe('every screen', () => {
  for (const [path, title] of SCREENS) {
    test(`${title} opens from its address and is accessible in both themes`, async ({ desk }) => {
      const page = await desk.open(`/${path}`)
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
      await expect(page.getByText('This page stopped working')).toHaveCount(0)
      await expectLoaded(page)
      for (const theme of ['light', 'dark'] as const) {
        await setTheme(page, theme)
        await expectAccessible(page, desk.isElectron)
        await screenshot(page, path.replace('/', '-'), theme)
      }
    })
  }
})

test.describe('by keyboard', () => {
  test('the palette leads to a page, and the list of shortcuts opens', async ({ desk }) => {
    const page = await desk.open('/finops/explorer')
    await expect(page.getByRole('heading', { level: 1, name: 'Cost explorer' })).toBeVisible()
    await page.keyboard.press('Control+k')
    const search = page.getByPlaceholder('Search, or type a command')
    await expect(search).toBeFocused()
    await expectAccessible(page, desk.isElectron)
    await search.fill('diagn')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Diagnostics' })).toBeVisible()
    await expect(search).toBeHidden()
    await page.keyboard.press('?')
    const shortcuts = page.getByRole('dialog', { name: 'Shortcuts' })
    await expect(shortcuts).toBeVisible()
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.press('Escape')
    await expect(shortcuts).toBeHidden()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await expect(page.getByRole('heading', { level: 1, name: 'People and roles' })).toBeVisible()
  })

  test('keys that move go to the only table of a page, without a way there first', async ({ desk }) => {
    const page = await desk.open('/finops/explorer')
    await expect(page.getByRole('heading', { level: 1, name: 'Cost explorer' })).toBeVisible()
    await page.keyboard.press('g')
    await page.keyboard.press('b')
    const bills = page.getByRole('grid', { name: 'Bills' })
    await expect(bills.getByRole('gridcell').first()).toBeVisible()
    await expect(bills).not.toBeFocused()
    await page.keyboard.press('j')
    await expect(bills).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: /^Receipt of/ })).toBeVisible()
    // The second press of a shortcut moves nothing.
    await page.keyboard.press('g')
    await page.keyboard.press('j')
    await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible()
  })
})

test.describe('in the browser host', () => {
  test('a reload keeps the session, and a spent token opens nothing', async ({ desk, browser }) => {
    test.skip(desk.isElectron, 'Electron has no sessions')
    const page = await desk.open('/workspace/jobs')
    await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible()
    expect(page.url()).not.toContain('token')
    await page.reload()
    await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible()
    const { origin } = new URL(page.url())
    const stranger = await browser.newContext()
    const other = await stranger.newPage()
    await other.goto(`${origin}/#token=${'x'.repeat(43)}`)
    await expect(other.getByText('This session has ended')).toBeVisible()
    const refused = await stranger.request.post(`${origin}${PATHS.token}`, { failOnStatusCode: false })
    expect(refused.status()).toBe(401)
    await stranger.close()
  })
})

test.describe('the first page', () => {
  test.use({ workspace: 'empty' })

  test('offers the demo, an import and an empty workspace', async ({ desk }) => {
    const page = await desk.open('/')
    await expect(page.getByRole('heading', { name: 'Welcome to Quarterdeck' })).toBeVisible()
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(page, theme)
      await expectAccessible(page, desk.isElectron)
      await screenshot(page, 'first-page', theme)
    }
    await expect(page.getByRole('button', { name: 'Open the demo' })).toBeEnabled()
  })
})
