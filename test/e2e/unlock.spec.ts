import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { serveApp, UNLOCK_ORIGIN } from '#main/desktop/app-scheme.ts'
import { UNLOCK_CHANNELS, type UnlockAnswer, type UnlockRequest } from '#shared/preload-api.ts'
import { root } from '../../scripts/lib/run.ts'
import { expectAccessible, screenshot, setTheme } from './fixtures.ts'

/**
 * The desktop's page that asks for a key, as `app://` serves it, with its built preload script; the test is
 * the main process.
 */
const CREATING: UnlockRequest = {
  creating: true,
  methods: ['passphrase', 'key-file'],
  keychainNote:
    'This system has no password manager that Quarterdeck can use. Choose a passphrase or a key file.',
}
const OPENING: UnlockRequest = {
  creating: false,
  methods: ['passphrase', 'keychain', 'key-file', 'recovery'],
}

const test = base.extend<{
  open: (request: UnlockRequest) => Promise<{ page: Page; answers: UnlockAnswer[] }>
}>({
  open: async ({ page }, use) => {
    const faults: string[] = []
    page.on('console', message => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await use(async request => {
      const answers: UnlockAnswer[] = []
      await page.exposeFunction('toMain', (channel: string, answer: UnlockAnswer | null) => {
        if (channel === UNLOCK_CHANNELS.submit) answers.push(answer!)
        return answers.length === 0 ? request : { ...request, problem: 'That did not open the workspace.' }
      })
      const preload = readFileSync(join(root, 'out/preload/unlock.cjs'), 'utf8')
      await page.addInitScript(`{
        const invoke = (...args) => window.toMain(...args)
        const require = () => ({ ipcRenderer: { invoke } })
        const exports = {}
        ${preload}
      }`)
      const answer = await serveApp('/nowhere')(new Request(`${UNLOCK_ORIGIN}/`))
      await page.route('http://localhost:1/', async route =>
        route.fulfill({ headers: Object.fromEntries(answer.headers), body: await answer.text() }),
      )
      await page.setViewportSize({ width: 520, height: 560 })
      await page.goto('http://localhost:1/')
      return { page, answers }
    })
    expect(faults, 'errors and violations of the policy').toEqual([])
  },
})

test('a new workspace gets a passphrase, typed twice', async ({ open }) => {
  const { page, answers } = await open(CREATING)
  await expect(page.getByRole('heading')).toHaveText('Choose how your workspace is locked')
  await expect(page.getByText('no password manager')).toBeVisible()
  await expect(page.getByRole('button', { name: /keychain/ })).toBeHidden()
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme)
    await expectAccessible(page)
    await screenshot(page, 'unlock-new', theme)
  }
  await page.getByLabel('Passphrase').fill('correct horse battery')
  await page.getByLabel('The same again').fill('correct horse batterz')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('The two passphrases are not the same.')
  expect(answers).toEqual([])
  await page.getByLabel('The same again').fill('correct horse battery')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Passphrase')).toHaveValue('')
  expect(answers).toEqual([{ kind: 'passphrase', passphrase: 'correct horse battery' }])
})

test('an existing workspace is opened, and a wrong passphrase is said', async ({ open }) => {
  const { page, answers } = await open(OPENING)
  await expect(page.getByLabel('Passphrase')).toBeFocused()
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme)
    await expectAccessible(page)
    await screenshot(page, 'unlock', theme)
  }
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('That did not open the workspace.')
  await page.getByLabel('Recovery key').fill('ABCD-EFGH')
  await page.getByRole('button', { name: 'Open with the recovery key' }).click()
  await page.getByRole('button', { name: 'Choose a key file…' }).click()
  await page.getByRole('button', { name: /keychain/ }).click()
  await page.getByRole('button', { name: 'Quit' }).click()
  await expect
    .poll(() => answers)
    .toEqual([
      { kind: 'passphrase', passphrase: 'wrong' },
      { kind: 'recovery', recoveryKey: 'ABCD-EFGH' },
      { kind: 'key-file' },
      { kind: 'keychain' },
      { kind: 'quit' },
    ])
})
