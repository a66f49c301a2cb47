import type { MenuItemConstructorOptions } from 'electron'
import type { MenuAction, MenuGroup } from '#shared/preload-api.ts'

export interface MenuCommands {
  /** Runs an action of the page that has the focus. */
  readonly runAction: (id: string) => void
  readonly newWindow: () => void
  readonly about: () => void
}

/**
 * The application menu: the platform's own entries, and between them the groups of the page, so that every
 * command is in the menu under the words and the id that the page gave it.
 */
export function menuTemplate(
  platform: string,
  groups: readonly MenuGroup[],
  commands: MenuCommands,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      role: 'fileMenu',
      submenu: [
        { label: 'New window', accelerator: 'CommandOrControl+Shift+N', click: commands.newWindow },
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    ...groups.map(group => ({
      label: group.label,
      submenu: group.actions.map(action => menuEntry(action, commands.runAction)),
    })),
    {
      role: 'viewMenu',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    ...(isMac
      ? []
      : [{ role: 'help' as const, submenu: [{ label: 'About Quarterdeck', click: commands.about }] }]),
  ]
}

function menuEntry(action: MenuAction, run: (id: string) => void): MenuItemConstructorOptions {
  const accelerator = acceleratorOf(action.shortcut)
  return {
    id: action.id,
    label: action.label,
    enabled: action.enabled ?? true,
    click: () => run(action.id),
    // Shown only: the page handles its keys, so that the same key means the same on every host.
    ...(accelerator === null ? {} : { accelerator, registerAccelerator: false }),
  }
}

const KEYS: Readonly<Record<string, string>> = {
  mod: 'CommandOrControl',
  shift: 'Shift',
  alt: 'Alt',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  arrowup: 'Up',
  arrowdown: 'Down',
  arrowleft: 'Left',
  arrowright: 'Right',
  enter: 'Return',
  escape: 'Escape',
  esc: 'Escape',
  backspace: 'Backspace',
  delete: 'Delete',
  del: 'Delete',
  home: 'Home',
  end: 'End',
  pageup: 'PageUp',
  pagedown: 'PageDown',
  plus: 'Plus',
}

/**
 * A shortcut of the page (`mod+k`) as an accelerator, or null for one that a menu cannot show: sequences such
 * as `g c`, and keys without Ctrl or Cmd, which on macOS would be taken from whoever is typing.
 */
export function acceleratorOf(shortcut: string | undefined): string | null {
  if (shortcut === undefined || shortcut.trim().includes(' ')) return null
  const parts = shortcut.trim().toLowerCase().split('+')
  const key = parts.at(-1)!
  if (!parts.includes('mod') || key === '') return null
  const named = KEYS[key] ?? (/^(f\d{1,2}|[!-~])$/.test(key) ? key.toUpperCase() : null)
  if (named === null) return null
  const modifiers = ['mod', 'shift', 'alt'].filter(name => parts.slice(0, -1).includes(name))
  return [...modifiers.map(name => KEYS[name]!), named].join('+')
}
