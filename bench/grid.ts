/**
 * The grid with a million rows that are fetched page by page, in Chromium, beside a table of TanStack Virtual
 * over the same rows without any of the grid's functions. `npm run bench -- grid`
 */
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { build } from 'vite'
import { root } from '../scripts/lib/run.ts'
import { servePages } from '../test/gallery/serve.ts'
import { openBrowser } from './browser.ts'
import { coverage, displayInterval, firstPage, type Script, scroll } from './grid-page.ts'
import { type Figure, milliseconds, percentile, record } from './results.ts'

const MUST_FIRST = 100
const FIRSTS = 15
const ROUNDS = 5
/** Where the rows scroll, and where one is drawn. */
const GRID = { hash: '#million', scroller: '[role="grid"]', row: '[data-row="0"] [data-align="end"]' }
const PLAIN = { hash: '#plain', scroller: '[data-plain]', row: '[data-row="0"] span' }
type Table = typeof GRID

const SCRIPTS: readonly (Script & { readonly what: string })[] = [
  { what: 'a quick wheel, 120 px (4 rows) a frame', frames: 240, step: { pixels: 120 } },
  { what: 'Page Down without a pause, a screen a frame', frames: 240, step: { screens: 1 } },
  { what: 'the scroll bar pulled from the first to the last row', frames: 240, step: { share: 1 / 240 } },
]

const load = loadavg()[0]!
await build({ configFile: join(root, 'test/gallery/vite.config.ts'), logLevel: 'warn' })
const { origin, server } = await servePages(join(root, 'out/gallery'))
const browser = await openBrowser()
try {
  const figures: Figure[] = [await firstPages()]
  const page = await openPage('#none')
  const interval = await page.evaluate(displayInterval, 120)
  await page.close()
  for (const script of SCRIPTS) figures.push(await scrolling(script, interval))
  record(
    'Grid',
    `Chromium ${browser.version()} without a graphics card, 1440 × 900. A frame is late when it comes more than 1.5 × the display's ${interval.toFixed(1)} ms after the one before; ${ROUNDS} scrolls each, in turns with a bare table of TanStack Virtual whose rows are at hand. Load before the run: ${load.toFixed(1)}.`,
    figures,
  )
  console.log(figures)
} finally {
  await browser.close()
  server.closeAllConnections()
  server.close()
}

async function openPage(hash: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(20_000)
  await page.goto(`${origin}/${hash}`)
  await page.waitForFunction(() => document.querySelector('#root > *') !== null)
  return page
}

/** From an empty page that is loaded already to the first page drawn, in a page of its own each time. */
async function firstPages(): Promise<Figure> {
  const times: Record<'grid' | 'plain', number[]> = { grid: [], plain: [] }
  for (let run = 0; run < FIRSTS; run++) {
    for (const [name, { hash, row }] of [
      ['grid', GRID],
      ['plain', PLAIN],
    ] as const) {
      const page = await openPage('#none')
      await page.evaluate(displayInterval, 10)
      times[name].push(await page.evaluate(firstPage, { hash, row }))
      await page.close()
    }
  }
  const [median, worst] = [0.5, 0.95].map(share => percentile(times.grid, share)) as [number, number]
  return {
    what: `1,000,000 rows: from going there to the first page on the screen (its source waits 15 ms), ${FIRSTS} fresh pages`,
    measured: `${milliseconds(median)} median, ${milliseconds(worst)} p95`,
    budget: `< ${MUST_FIRST} ms`,
    against: `bare table, rows at hand: ${milliseconds(percentile(times.plain, 0.5))} median, ${milliseconds(percentile(times.plain, 0.95))} p95`,
    met: worst < MUST_FIRST,
  }
}

async function scrolling(script: Script & { what: string }, interval: number): Promise<Figure> {
  const frames: Record<'grid' | 'plain', number[]> = { grid: [], plain: [] }
  for (let round = 0; round < ROUNDS; round++) {
    frames.grid.push(...(await scrollOnce(GRID, page => page.evaluate(scroll, plan(GRID, script)))))
    frames.plain.push(...(await scrollOnce(PLAIN, page => page.evaluate(scroll, plan(PLAIN, script)))))
  }
  const waiting = await scrollOnce(GRID, page => page.evaluate(coverage, plan(GRID, script)))
  const late = (times: readonly number[]) => times.filter(time => time > interval * 1.5).length
  const told = (times: readonly number[]) =>
    `${late(times)} of ${times.length} frames late; ${[0.5, 0.95, 1].map(share => milliseconds(percentile(times, share))).join(' / ')} p50 / p95 / max`
  console.log(script.what, told(frames.grid), told(frames.plain))
  return {
    what: `scrolling: ${script.what}; rows still on their way (drawn as bars) in ${waiting} of ${script.frames} frames`,
    measured: told(frames.grid),
    budget: 'no frame late',
    against: `bare table ${told(frames.plain)}`,
    met: late(frames.grid) === 0,
  }
}

function plan({ scroller }: Table, { frames, step }: Script) {
  return { scroller, frames, step }
}

/** Opens a table, waits for its rows and lets it come to rest, as it is when a person begins to scroll. */
async function scrollOnce<T>({ hash, row }: Table, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await openPage(hash)
  await page.locator(row).first().waitFor()
  await page.waitForTimeout(400)
  const result = await work(page)
  await page.close()
  return result
}
