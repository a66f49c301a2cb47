/**
 * The grid with a million rows that are fetched page by page, in Chromium, beside a plain list of the same
 * rows that the browser lays out by itself (as many as it can bear). `npx node bench/grid.ts`
 */
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { root } from '../scripts/lib/run.ts'
import { servePages } from '../test/gallery/serve.ts'
import { openBrowser } from './browser.ts'
import { type Figure, milliseconds, percentile, record } from './results.ts'

const MUST_FIRST = 100
/** A frame later than this was dropped at 60 Hz. */
const FRAME = 1000 / 60
const STEPS = 240
const PLAIN_ROWS = 20_000
const load = loadavg()[0]!

await build({ configFile: join(root, 'test/gallery/vite.config.ts'), logLevel: 'warn' })
const { origin, server } = await servePages(join(root, 'out/gallery'))
const browser = await openBrowser()
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  // The page is loaded already when a person goes to a grid: what counts is from there to the rows.
  await page.goto(`${origin}/#parts`)
  await page.locator('h1, h2').first().waitFor()
  const first: number[] = []
  for (let run = 0; run < 7; run++) {
    first.push(
      await page.evaluate(async () => {
        const begun = performance.now()
        location.hash = '#million'
        while (!document.querySelector('[role="row"][aria-rowindex="2"] [role="gridcell"]'))
          await new Promise(requestAnimationFrame)
        return performance.now() - begun
      }),
    )
    await page.evaluate(() => {
      location.hash = '#parts'
    })
    await page.waitForTimeout(150)
  }
  await page.evaluate(() => {
    location.hash = '#million'
  })
  await page.locator('[role="row"][aria-rowindex="2"]').waitFor()
  const scrolled = await page.evaluate(scrollThrough, { selector: '[role="grid"]', steps: STEPS })
  await page.evaluate(
    ({ rows }) => {
      document.body.innerHTML = `<div id="plain" style="height:600px;overflow:auto">${Array.from(
        { length: rows },
        (_, i) =>
          `<div style="height:28px">${Array.from({ length: 8 }, (_, c) => `<span>${i * c} </span>`).join('')}</div>`,
      ).join('')}</div>`
    },
    { rows: PLAIN_ROWS },
  )
  const plain = await page.evaluate(scrollThrough, { selector: '#plain', steps: STEPS })
  const dropped = (frames: readonly number[]) => frames.filter(time => time > FRAME * 1.5).length
  const figures: Figure[] = [
    {
      what: '1,000,000 rows: from going there to the first page drawn (its source waits 15 ms)',
      measured: `${milliseconds(percentile(first, 0.5))} median, ${milliseconds(percentile(first, 0.95))} p95`,
      budget: `< ${MUST_FIRST} ms`,
      met: percentile(first, 0.5) < MUST_FIRST,
    },
    {
      what: `scrolling through ${STEPS} frames, a screen each: frames that came late`,
      measured: `${dropped(scrolled)} of ${STEPS}, ${milliseconds(percentile(scrolled, 0.95))} p95 between frames`,
      budget: 'none',
      against: `a plain list of ${PLAIN_ROWS.toLocaleString('en')} rows: ${dropped(plain)} of ${STEPS}, ${milliseconds(percentile(plain, 0.95))} p95`,
      met: dropped(scrolled) === 0,
    },
  ]
  record(
    'Grid',
    `Chromium without a graphics card, one core of two. Load before the run: ${load.toFixed(1)}.`,
    figures,
  )
  console.log(figures)
} finally {
  await browser.close()
  server.close()
}

/** Scrolls a screen in every frame and gives the times between frames. Runs in the page. */
async function scrollThrough({ selector, steps }: { selector: string; steps: number }): Promise<number[]> {
  const element = document.querySelector<HTMLElement>(selector)!
  const frames: number[] = []
  let before = await new Promise<number>(requestAnimationFrame)
  for (let step = 0; step < steps; step++) {
    element.scrollTop += element.clientHeight
    const now = await new Promise<number>(requestAnimationFrame)
    frames.push(now - before)
    before = now
  }
  return frames
}
