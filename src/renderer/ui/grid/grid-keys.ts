/** What a key does in a grid. The page hears keys that are not in this list. */
export type GridCommand =
  | { readonly do: 'move'; readonly rows: number; readonly columns: number; readonly extend: boolean }
  | { readonly do: 'page'; readonly by: 1 | -1; readonly extend: boolean }
  | { readonly do: 'edge'; readonly to: 'first' | 'last'; readonly extend: boolean }
  | { readonly do: 'open' | 'menu' | 'toggle' | 'all' | 'copy' | 'escape' | 'row-menu' }
  | { readonly do: 'search' | 'filter' }
  | { readonly do: 'range' }
  | { readonly do: 'sort'; readonly direction: 'asc' | 'desc' }

interface GridKey {
  readonly key: string
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/** Reads a key pressed in a grid; null for one that is not the grid's. */
export function gridCommand(event: GridKey): GridCommand | null {
  const mod = event.ctrlKey || event.metaKey
  const extend = event.shiftKey
  if (event.altKey) {
    if (mod || extend) return null
    if (event.key === 'ArrowUp') return { do: 'sort', direction: 'asc' }
    if (event.key === 'ArrowDown') return { do: 'sort', direction: 'desc' }
    if (event.key === 'Enter') return { do: 'menu' }
    return null
  }
  if (mod) {
    if (event.key === 'a' && !extend) return { do: 'all' }
    if (event.key === 'c' && !extend) return { do: 'copy' }
    if (event.key === '/') return { do: 'filter' }
    if (event.key === 'Home') return { do: 'edge', to: 'first', extend }
    if (event.key === 'End') return { do: 'edge', to: 'last', extend }
    return null
  }
  switch (event.key) {
    case 'ArrowDown':
      return { do: 'move', rows: 1, columns: 0, extend }
    case 'ArrowUp':
      return { do: 'move', rows: -1, columns: 0, extend }
    case 'j':
      return { do: 'move', rows: 1, columns: 0, extend: false }
    case 'k':
      return { do: 'move', rows: -1, columns: 0, extend: false }
    case 'J':
      return { do: 'move', rows: 1, columns: 0, extend: true }
    case 'K':
      return { do: 'move', rows: -1, columns: 0, extend: true }
    case 'ArrowRight':
      return { do: 'move', rows: 0, columns: 1, extend: false }
    case 'ArrowLeft':
      return { do: 'move', rows: 0, columns: -1, extend: false }
    case 'PageDown':
      return { do: 'page', by: 1, extend }
    case 'PageUp':
      return { do: 'page', by: -1, extend }
    case 'Home':
      return { do: 'edge', to: 'first', extend }
    case 'End':
      return { do: 'edge', to: 'last', extend }
    case 'Enter':
      return { do: 'open' }
    case ' ':
      return extend ? { do: 'range' } : { do: 'toggle' }
    case '/':
      return { do: 'search' }
    case 'Escape':
      return { do: 'escape' }
    case 'ContextMenu':
      return { do: 'row-menu' }
    case 'F10':
      return extend ? { do: 'row-menu' } : null
    default:
      return null
  }
}

/** The keys of a grid, for the list of shortcuts: the word's key in the catalogue and the shortcut. */
export const GRID_KEYS = [
  ['moveDown', 'j'],
  ['moveUp', 'k'],
  ['firstLast', 'home'],
  ['page', 'pagedown'],
  ['open', 'enter'],
  ['select', 'space'],
  ['range', 'shift+space'],
  ['all', 'mod+a'],
  ['copy', 'mod+c'],
  ['search', '/'],
  ['filter', 'mod+/'],
  ['sort', 'alt+up'],
  ['menu', 'alt+enter'],
] as const
