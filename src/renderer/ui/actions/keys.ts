/** One press: the key as `KeyboardEvent.key` names it, in lower case, and its modifiers. */
export interface Press {
  readonly key: string
  readonly mod: boolean
  readonly shift: boolean
  readonly alt: boolean
}

/** The parts of a keyboard event that are looked at. */
export interface KeyPressed {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

const NAMES: Readonly<Record<string, string>> = {
  esc: 'escape',
  space: ' ',
  up: 'arrowup',
  down: 'arrowdown',
  left: 'arrowleft',
  right: 'arrowright',
  del: 'delete',
  plus: '+',
}

/**
 * Reads a shortcut: presses separated by blanks (`g c`), each a key with `mod+` (Ctrl, on a Mac Cmd), `shift+`
 * or `alt+` before it. Throws when a modifier is not known, because that is a mistake of the program.
 */
export function parseShortcut(text: string): readonly Press[] {
  return text
    .trim()
    .split(/\s+/)
    .map(press => {
      const parts = press === '+' ? ['+'] : press.toLowerCase().split('+')
      const name = parts.pop()
      if (!name) throw new Error(`Not a shortcut: ${text}`)
      for (const part of parts) {
        if (part !== 'mod' && part !== 'shift' && part !== 'alt')
          throw new Error(`Not a modifier: ${part} in ${text}`)
      }
      return {
        key: NAMES[name] ?? name,
        mod: parts.includes('mod'),
        shift: parts.includes('shift'),
        alt: parts.includes('alt'),
      }
    })
}

/**
 * True when the event is this press. Shift is compared only for letters and named keys, because a sign such
 * as `?` needs Shift on some keyboards and not on others.
 */
export function matchesPress(press: Press, event: KeyPressed, mac: boolean): boolean {
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  const isSign = press.key.length === 1 && !/[a-z0-9 ]/.test(press.key)
  return (
    event.key.toLowerCase() === press.key &&
    mod === press.mod &&
    !other &&
    (isSign || event.shiftKey === press.shift) &&
    (isSign || event.altKey === press.alt)
  )
}

const SYMBOLS: Readonly<Record<string, string>> = {
  ' ': 'Space',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  enter: 'Enter',
  delete: 'Del',
  backspace: 'Backspace',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
}

/** The keys of a shortcut as they are shown: a list of presses, each a list of key caps. */
export function shortcutCaps(text: string, mac: boolean): readonly (readonly string[])[] {
  return parseShortcut(text).map(press => [
    ...(press.mod ? [mac ? '⌘' : 'Ctrl'] : []),
    ...(press.alt ? [mac ? '⌥' : 'Alt'] : []),
    ...(press.shift ? [mac ? '⇧' : 'Shift'] : []),
    SYMBOLS[press.key] ?? press.key.toUpperCase(),
  ])
}

/** A shortcut in the form of `aria-keyshortcuts`; a sequence has no such form and gives undefined. */
export function ariaShortcut(text: string, mac: boolean): string | undefined {
  const [press, next] = parseShortcut(text)
  if (!press || next) return undefined
  const key =
    press.key === ' '
      ? 'Space'
      : press.key.length === 1
        ? press.key.toUpperCase()
        : press.key.replace(/^./, c => c.toUpperCase())
  return [
    press.mod ? (mac ? 'Meta' : 'Control') : '',
    press.alt ? 'Alt' : '',
    press.shift ? 'Shift' : '',
    key,
  ]
    .filter(part => part !== '')
    .join('+')
}

/** What a person typed so far of the shortcuts that are known. */
export type KeyOutcome<T> =
  | { readonly kind: 'run'; readonly value: T }
  | { readonly kind: 'wait' }
  | { readonly kind: 'none' }

/**
 * Follows presses through shortcuts of one or more presses. A sequence is forgotten after `patience`
 * milliseconds without a press.
 */
export function createKeyFollower<T>(patience = 1200) {
  let typed: KeyPressed[] = []
  let last = Number.NEGATIVE_INFINITY
  return {
    press(
      event: KeyPressed,
      shortcuts: Iterable<readonly [string, T]>,
      at: number,
      mac: boolean,
    ): KeyOutcome<T> {
      if (at - last > patience) typed = []
      last = at
      const known = [...shortcuts].map(([text, value]) => [parseShortcut(text), value] as const)
      for (const attempt of typed.length > 0 ? [[...typed, event], [event]] : [[event]]) {
        const fitting = known.filter(([presses]) =>
          attempt.every((pressed, i) => presses[i] !== undefined && matchesPress(presses[i], pressed, mac)),
        )
        const whole = fitting.find(([presses]) => presses.length === attempt.length)
        if (whole) {
          typed = []
          return { kind: 'run', value: whole[1] }
        }
        if (fitting.length > 0) {
          typed = attempt
          return { kind: 'wait' }
        }
      }
      typed = []
      return { kind: 'none' }
    },
  }
}
