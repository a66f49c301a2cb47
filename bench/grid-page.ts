/** What the bench of the grid does inside the page: each function is sent there, and stands by itself. */

/** How a table is scrolled: so many frames, in each of them a step. */
export interface Script {
  readonly frames: number
  readonly step:
    | { readonly pixels: number }
    | { readonly screens: number }
    /** Of the whole height. */
    | { readonly share: number }
}

type Plan = Script & { readonly scroller: string }

/** The time from one frame to the next when nothing is to be drawn, in milliseconds: the median of some. */
export async function displayInterval(frames: number): Promise<number> {
  const times: number[] = []
  let before = await new Promise<number>(requestAnimationFrame)
  for (let i = 0; i < frames; i++) {
    const now = await new Promise<number>(requestAnimationFrame)
    times.push(now - before)
    before = now
  }
  return times.sort((a, b) => a - b)[frames >> 1]!
}

/** Goes to a page and gives the milliseconds until a row with its content has been painted. */
export async function firstPage({ hash, row }: { hash: string; row: string }): Promise<number> {
  const begun = performance.now()
  location.hash = hash
  while (!document.querySelector(row)?.textContent) await new Promise(requestAnimationFrame)
  // A task that follows a frame runs when that frame has been painted.
  await new Promise(requestAnimationFrame)
  await new Promise(resolve => setTimeout(resolve))
  return performance.now() - begun
}

/** Scrolls by the script and gives the times between its frames. */
export async function scroll({ scroller, frames, step }: Plan): Promise<number[]> {
  const element = document.querySelector<HTMLElement>(scroller)!
  const pixels =
    'pixels' in step
      ? step.pixels
      : 'screens' in step
        ? step.screens * element.clientHeight
        : step.share * element.scrollHeight
  const times: number[] = []
  let at = element.scrollTop
  let before = await new Promise<number>(requestAnimationFrame)
  for (let i = 0; i < frames; i++) {
    at += pixels
    element.scrollTop = at
    const now = await new Promise<number>(requestAnimationFrame)
    times.push(now - before)
    before = now
  }
  return times
}

/** Scrolls by the script and counts the frames in which a row in the middle of the screen was not there yet. */
export async function coverage({ scroller, frames, step }: Plan): Promise<number> {
  const element = document.querySelector<HTMLElement>(scroller)!
  const pixels =
    'pixels' in step
      ? step.pixels
      : 'screens' in step
        ? step.screens * element.clientHeight
        : step.share * element.scrollHeight
  const box = element.getBoundingClientRect()
  let at = element.scrollTop
  let missing = 0
  for (let i = 0; i < frames; i++) {
    at += pixels
    element.scrollTop = at
    await new Promise(requestAnimationFrame)
    const row = document.elementFromPoint(box.x + 100, box.y + box.height / 2)?.closest('[data-row]')
    if (!row?.textContent) missing++
  }
  return missing
}
