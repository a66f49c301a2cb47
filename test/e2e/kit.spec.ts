import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { build } from 'vite'
import { root } from '../../scripts/lib/run.ts'
import { servePages } from '../gallery/serve.ts'

/** The interface kit on pages of its own: built as the renderer is, served under the same policy. */
const test = base.extend<object, { gallery: string }>({
  gallery: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      await build({ configFile: join(root, 'test/gallery/vite.config.ts') })
      const { origin, server } = await servePages(join(root, 'out/gallery'))
      await use(origin)
      await new Promise(resolve => server.close(resolve))
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})

const PAGES = ['grid', 'million', 'charts', 'parts', 'states'] as const
const LOOKS = [
  { theme: 'light', contrast: 'normal', density: 'compact', width: 1440, height: 900 },
  { theme: 'dark', contrast: 'normal', density: 'comfortable', width: 1024, height: 700 },
  { theme: 'light', contrast: 'high', density: 'compact', width: 1024, height: 700 },
  { theme: 'dark', contrast: 'high', density: 'compact', width: 1440, height: 900 },
] as const

async function open(
  page: Page,
  origin: string,
  name: string,
  look: (typeof LOOKS)[number] = LOOKS[0],
): Promise<string[]> {
  const faults: string[] = []
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (/Content Security Policy/i.test(message.text())) faults.push(message.text())
  })
  await page.setViewportSize({ width: look.width, height: look.height })
  await page.goto(`${origin}/?theme=${look.theme}&contrast=${look.contrast}&density=${look.density}#${name}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  return faults
}

test.beforeEach(({ browserName: _ }, info) => {
  test.skip(info.project.name === 'electron', 'The pages of the kit are looked at in a browser')
})

for (const look of LOOKS) {
  for (const name of PAGES) {
    test(`${name}: ${look.theme}, ${look.contrast} contrast, ${look.width} wide, has no fault for axe`, async ({
      page,
      gallery,
    }, info) => {
      const faults = await open(page, gallery, name, look)
      if (name === 'charts') await expect(page.locator('canvas').first()).toBeVisible()
      if (name === 'million')
        await expect(page.getByRole('gridcell', { name: 'Rated' }).first()).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(
        violations.flatMap(({ id, nodes }) =>
          nodes.map(node => `${id} ${node.target.join(' ')} ${node.failureSummary}`),
        ),
      ).toEqual([])
      expect(faults).toEqual([])
      await page.screenshot({ path: info.outputPath(`${name}-${look.theme}-${look.contrast}.png`) })
    })
  }
}

test.describe('the grid', () => {
  test('is moved through, sorted, selected and opened by keyboard', async ({ page, gallery }) => {
    await open(page, gallery, 'grid')
    const grid = page.getByRole('grid')
    await grid.focus()
    const active = async () => {
      const id = await grid.getAttribute('aria-activedescendant')
      return page.locator(`[id="${id}"]`)
    }
    const row = async () => (await active()).locator('..').getAttribute('aria-rowindex')
    expect(await row()).toBe('2')
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('k')
    expect(await row()).toBe('3')
    await page.keyboard.press('End')
    expect(await row()).toBe('10001')
    await expect(await active()).toBeInViewport()
    await page.keyboard.press('Home')
    await page.keyboard.press(' ')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await expect(page.getByText('3 selected')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByText('3 selected')).toBeHidden()

    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowUp')
    await expect(await active()).toHaveRole('columnheader')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('columnheader', { name: 'Service' })).toHaveAttribute(
      'aria-sort',
      'ascending',
    )
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('complementary')).toContainText('Amazon CloudFront')
    await page.keyboard.press('Tab')
  })

  test('filters by column, says that nothing passes, and clears', async ({ page, gallery }) => {
    await open(page, gallery, 'grid')
    await page.getByRole('grid').focus()
    await page.keyboard.press('/')
    await page.keyboard.type('bigquery')
    await expect(page.getByText(/^1,0\d\d rows$|^9\d\d rows$/)).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('grid')).toBeFocused()
    await page.getByLabel('Filter Billed').fill('>1000000000')
    await expect(page.getByText('No row matches the filters')).toBeVisible()
    await page.getByLabel('Filter Billed').fill('a lot')
    await expect(page.getByLabel('Filter Billed')).toHaveAttribute('aria-invalid', 'true')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect(page.getByText('10,000 rows', { exact: true })).toBeVisible()
  })

  test('copies exact figures, and keeps its columns', async ({ page, gallery, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await open(page, gallery, 'grid')
    await page.getByRole('grid').focus()
    await page.keyboard.press(' ')
    await page.keyboard.press('Control+c')
    await expect(page.getByText('1 row copied')).toBeVisible()
    const [head, line] = (await page.evaluate(() => navigator.clipboard.readText())).split('\n')
    expect(head).toContain('Service\tRegion\tState\tEffective cost')
    expect(line).toMatch(/\t\d{4}\.\d{9}\t/)

    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Region' }).uncheck()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('columnheader', { name: 'Region' })).toHaveCount(0)
    await page.reload()
    await expect(page.getByRole('columnheader', { name: 'State' })).toBeVisible()
    await expect(page.getByRole('columnheader', { name: 'Region' })).toHaveCount(0)
  })

  test('shows any of a million rows, and leaves time in a frame while it scrolls', async ({
    page,
    gallery,
  }) => {
    await open(page, gallery, 'million')
    await expect(page.getByText('1,000,000 rows')).toBeVisible()
    const grid = page.getByRole('grid')
    await expect(grid).toHaveAttribute('aria-rowcount', '1000001')
    await grid.focus()
    await page.keyboard.press('End')
    await expect(page.locator('[aria-rowindex="1000001"]')).toBeInViewport()
    await expect(page.locator('[aria-rowindex="1000001"]')).toContainText(/[A-Z]/)
    await page.keyboard.press('Home')
    await expect(page.locator('[aria-rowindex="2"]')).toBeInViewport()
    // Only what can be seen is drawn, and drawing it leaves time in a frame of 16 ms. Processor time of the
    // page, not time that passes: other work on the machine is not the grid's.
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
    const scriptTime = async () => {
      const { metrics } = await cdp.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN) * 1000
    }
    const frames = 90
    const before = await scriptTime()
    await grid.evaluate(async (element, count) => {
      for (let i = 0; i < count; i++) {
        element.scrollTop += 120
        await new Promise(resolve => requestAnimationFrame(resolve))
      }
    }, frames)
    expect(((await scriptTime()) - before) / frames).toBeLessThan(16)
    expect(await grid.getByRole('row').count()).toBeLessThan(80)
  })
})

test('a chart has its table behind it, and its points are walked by keyboard', async ({ page, gallery }) => {
  await open(page, gallery, 'charts')
  const chart = page.getByRole('figure', { name: 'Effective cost by service' })
  await expect(chart.locator('canvas')).toBeVisible()
  await chart.getByRole('img', { name: /^Stacked bar chart/ }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(chart.locator('[aria-live]')).toContainText(/^Dec, Compute/)
  await page.keyboard.press('t')
  await expect(chart.getByRole('table')).toContainText('40,000.00')
  await page.keyboard.press('t')
  await expect(chart.getByRole('table')).toHaveCount(0)
})
