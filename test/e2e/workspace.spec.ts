import { expect, expectAccessible, test } from './fixtures.ts'
import { makeRecoveryKey } from './recovery-key.ts'

/** The person whom the demo's pages act as, chosen at the top right. */
async function actAs(page: import('@playwright/test').Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Acting person/ }).click()
  await page.getByRole('menuitem', { name: new RegExp(name) }).click()
  await expect(page.getByRole('button', { name: `Acting person: ${name}` })).toBeVisible()
}

test.describe('a workspace of one’s own', () => {
  test.use({ workspace: 'empty' })

  test('workspace.setup.begin: it gets a name, a recovery key that is asked for again, people and undo', async ({
    desk,
  }) => {
    test.setTimeout(120_000)
    const page = await desk.open('/')
    await page.getByRole('button', { name: 'Name the workspace', exact: true }).click()
    await page.getByRole('button', { name: 'Create the workspace' }).click()
    await expect(page.getByText('Fill this in.').first()).toBeVisible()
    await page.getByLabel('Name of the workspace').fill('Harbour Ltd')
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.getByLabel('Your e-mail address').fill('ada@harbour.example')
    await page.getByRole('button', { name: 'Create the workspace' }).click()

    // Real data asks for a recovery key first.
    const recoveryKey = await makeRecoveryKey(page)
    const dialog = page.getByRole('dialog')
    expect(recoveryKey.length).toBeGreaterThan(20)
    await expectAccessible(page, desk.isElectron)
    await dialog.getByRole('button', { name: 'I have written it down' }).click()
    await page.getByLabel('Recovery key', { exact: true }).fill('not the key')
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm the recovery key' }).click()
    await expect(page.getByRole('alert')).toContainText(/not a whole recovery key|does not match/)
    await page.getByLabel('Recovery key', { exact: true }).fill(recoveryKey)
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm the recovery key' }).click()
    await expect(page.getByText('A recovery key was written down and confirmed.')).toBeVisible()

    // People, and a change that is undone where it is said.
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await expect(page.getByRole('heading', { level: 1, name: 'People and roles' })).toBeVisible()
    await page.keyboard.press('n')
    await page.getByLabel('Name', { exact: true }).fill('Grace Hopper')
    await page.getByLabel('E-mail', { exact: true }).fill('grace@harbour.example')
    await page.getByRole('checkbox', { name: 'Approver' }).check()
    await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click()
    await expect(page.getByRole('gridcell', { name: 'Grace Hopper' })).toBeVisible()
    await page.getByRole('gridcell', { name: 'Grace Hopper' }).click()
    await page.getByRole('grid').focus()
    await page.keyboard.press('d')
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await expect(page.getByRole('gridcell', { name: 'Inactive' })).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await expect(page.getByRole('gridcell', { name: 'Inactive' })).toHaveCount(0)

    // All of it is in the log, which opens by keyboard.
    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await expect(page.getByRole('gridcell', { name: 'workspace.people.setActive' }).first()).toBeVisible()
    await page.getByRole('grid').focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('complementary')).toContainText('Digest')
    await page.keyboard.press('Escape')
    await page.getByRole('grid').focus()
    await page.keyboard.press('v')
    await expect(page.getByRole('dialog', { name: 'The log, verified' })).toContainText(
      'Every entry is as it was written.',
    )
    await expectAccessible(page, desk.isElectron)
    await page.keyboard.press('Escape')

    // A setting, with the source of its value.
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByRole('gridcell', { name: 'Keep finished jobs' }).dblclick()
    await page.getByRole('textbox', { name: 'Keep finished jobs' }).fill('45')
    await page.getByRole('button', { name: 'Save' }).click()
    const row = page.getByRole('row').filter({ hasText: 'Keep finished jobs' })
    await expect(row).toContainText('45 days')
    await expect(row).toContainText('Stored')
  })
})

test.describe('in the demo', () => {
  test('workspace.people.actAs: roles decide what is offered', async ({ desk }) => {
    const page = await desk.open('/workspace/people')
    await actAs(page, 'Élodie Lefèvre')
    await expect(page.getByRole('button', { name: 'Add a person' })).toHaveCount(0)
    await expect(page.getByRole('navigation').getByRole('link', { name: 'Keys' })).toHaveCount(0)
    await actAs(page, 'Priya Raman')
    await expect(page.getByRole('button', { name: 'Add a person' })).toBeVisible()
    await expect(page.getByRole('navigation').getByRole('link', { name: 'Keys' })).toBeVisible()
  })

  test('what was typed is kept while the core is away, and what was sent meanwhile is done once', async ({
    desk,
  }) => {
    test.skip(desk.isElectron, 'Electron has no network between the page and the core')
    const first = await desk.open('/workspace/people')
    let away = false
    const cut: (() => void)[] = []
    await first.context().routeWebSocket(/\/ws$/, socket => {
      if (away) {
        void socket.close({ code: 4408 })
        return
      }
      const host = socket.connectToServer()
      cut.push(() => {
        void host.close()
        void socket.close({ code: 4408 })
      })
    })
    const page = await desk.open('/workspace/settings')
    await actAs(page, 'Priya Raman')
    await page.getByRole('gridcell', { name: 'Keep notifications and deliveries' }).dblclick()
    await page.getByRole('textbox', { name: 'Keep notifications and deliveries' }).fill('31')

    away = true
    for (const end of cut) end()
    await expect(page.getByText('Reconnecting to the core. What you typed is kept.')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Keep notifications and deliveries' })).toHaveValue(/31/)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('1 change is being saved')).toBeVisible()

    away = false
    const row = page.getByRole('row').filter({ hasText: 'Keep notifications and deliveries' })
    await expect(row).toContainText('31 days')
    await expect(page.getByText('Reconnecting to the core')).toHaveCount(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(row).toContainText('365 days')

    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await expect(page.getByRole('gridcell', { name: 'workspace.settings.set' }).first()).toBeVisible()
    await expect(page.getByRole('gridcell', { name: 'workspace.settings.set', exact: true })).toHaveCount(1)
  })

  test('the period is chosen by keyboard, and is part of the address', async ({ desk }) => {
    const page = await desk.open('/finops/explorer')
    await expect(page).toHaveURL(/period=last-6-months/)
    await page.keyboard.press('Shift+P')
    await page.getByRole('menuitem', { name: 'Last year' }).click()
    await expect(page).toHaveURL(/period=last-year/)
    await page.goBack()
    await expect(page.getByRole('button', { name: 'Period: Last 6 months' })).toBeVisible()
  })
})
