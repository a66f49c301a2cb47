import type { Feature, Screen } from './feature.ts'

/** All screens of all features. */
export function screensOf(features: readonly Feature[]): readonly Screen[] {
  return features.flatMap(feature => feature.screens)
}

/** True when an address is of this screen. A part `$name` stands for anything. */
export function isAt(path: string, screen: Pick<Screen, 'path'>): boolean {
  const wanted = screen.path.split('/')
  const given = path.replace(/\/$/, '').split('/')
  return (
    wanted.length === given.length && wanted.every((part, i) => part.startsWith('$') || part === given[i])
  )
}

/** The screen of an address. */
export function screenAt(path: string, features: readonly Feature[]): Screen | undefined {
  return screensOf(features).find(screen => isAt(path, screen))
}

/**
 * Where the application begins: the screen of the rail where the person was last, else the one that is made for
 * beginning.
 */
export function startPath(features: readonly Feature[], last: string | null = null): string {
  const screens = screensOf(features)
  const was = screens.find(screen => screen.inRail && screen.path === last)
  return (was ?? screens.find(screen => screen.isStart))?.path ?? '/workspace/about'
}
