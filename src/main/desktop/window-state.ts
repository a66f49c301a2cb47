import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

/** Device-independent pixels. */
const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() })
export type Bounds = z.infer<typeof Bounds>

const WindowState = z.object({ bounds: Bounds, maximized: z.boolean(), fullScreen: z.boolean() })
export type WindowState = z.infer<typeof WindowState>

export const MIN_SIZE = { width: 800, height: 560 }
const DEFAULT_SIZE = { width: 1440, height: 900 }
/** So much of a window must be on a screen that a person can find and drag it. */
const REACHABLE = { width: 120, height: 40 }

/**
 * Where a window opens: as it was left, if enough of it still lies on a screen, else in the middle of the
 * first one. A screen may have been unplugged since, or have another scale.
 * @param workAreas of all screens, the primary one first
 */
export function placeWindow(saved: WindowState | undefined, workAreas: readonly Bounds[]): WindowState {
  const primary = workAreas[0]!
  if (saved === undefined) return centred(DEFAULT_SIZE, primary)
  for (const area of workAreas) {
    const bounds = { ...saved.bounds, ...clampSize(saved.bounds, area) }
    if (!isReachable(bounds, area)) continue
    return { ...saved, bounds: { ...bounds, y: Math.max(bounds.y, area.y) } }
  }
  return { ...centred(saved.bounds, primary), maximized: saved.maximized }
}

function clampSize(size: { width: number; height: number }, area: Bounds): { width: number; height: number } {
  return {
    width: Math.min(Math.max(size.width, MIN_SIZE.width), Math.max(area.width, MIN_SIZE.width)),
    height: Math.min(Math.max(size.height, MIN_SIZE.height), Math.max(area.height, MIN_SIZE.height)),
  }
}

function centred(size: { width: number; height: number }, area: Bounds): WindowState {
  const { width, height } = clampSize(size, area)
  const x = area.x + Math.round((area.width - width) / 2)
  const y = area.y + Math.max(0, Math.round((area.height - height) / 2))
  return { bounds: { x, y, width, height }, maximized: false, fullScreen: false }
}

/** True when the top edge of the window, by which it is dragged, shows on this screen. */
function isReachable(bounds: Bounds, area: Bounds): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  const top = bounds.y >= area.y - REACHABLE.height && bounds.y <= area.y + area.height - REACHABLE.height
  return width >= REACHABLE.width && top
}

/** Reads the remembered state; a missing or damaged file is no state. */
export function readWindowState(path: string): WindowState | undefined {
  try {
    return WindowState.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

/** Stores the state by replacing the file, so that a crash leaves the old one or the new one. */
export function writeWindowState(path: string, state: WindowState): void {
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
