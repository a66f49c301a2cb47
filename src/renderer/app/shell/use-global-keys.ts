import { useEffect, useRef } from 'react'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { createKeyFollower } from '#renderer/ui/actions/keys.ts'
import { IS_MAC } from '#renderer/ui/display/key-hint.tsx'

/** True where a press is text or belongs to a field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
}

/** True while a dialog or a menu has the keyboard. */
function isCaptured(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return true
  return (
    target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null
  )
}

const MOVES = new Set(['j', 'k', 'ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'])

/**
 * Gives a press that moves in a table to the page's only table, where nothing inside the page has the keyboard:
 * whoever comes to a page by its key goes on without the way through all that stands above the rows.
 */
function passToTable(event: KeyboardEvent): void {
  const { target } = event
  const onPage = target === document.body || (target instanceof HTMLElement && target.tagName === 'MAIN')
  if (!onPage || !MOVES.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return
  const tables = document.querySelectorAll<HTMLElement>('main [role="grid"]')
  const [table] = tables
  if (table === undefined || tables.length > 1) return
  table.focus({ preventScroll: true })
  const { key, shiftKey } = event
  const heard = new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true })
  if (!table.dispatchEvent(heard)) event.preventDefault()
}

/**
 * Hears the keys of the page: those of the actions that are offered, and of the pages. While somebody types,
 * only shortcuts with Ctrl or Cmd are heard; inside a dialog none but those of `always`.
 */
export function useGlobalKeys(
  actions: readonly BoundAction[],
  always: readonly BoundAction[],
  run: (action: BoundAction) => void,
): void {
  const latest = useRef({ actions, always, run })
  latest.current = { actions, always, run }
  useEffect(() => {
    const follower = createKeyFollower<BoundAction>()
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.key === 'Shift') return
      const withMod = event.ctrlKey || event.metaKey
      if (isTyping(event.target) && !withMod) return
      const known = isCaptured(event.target) ? latest.current.always : latest.current.actions
      // A button takes Enter and Space for itself.
      if ((event.key === 'Enter' || event.key === ' ') && event.target instanceof HTMLButtonElement) return
      const shortcuts = known.flatMap(action => (action.key ? [[action.key, action] as const] : []))
      const outcome = follower.press(event, shortcuts, event.timeStamp, IS_MAC)
      if (outcome.kind === 'none') {
        if (!isCaptured(event.target)) passToTable(event)
        return
      }
      event.preventDefault()
      if (outcome.kind === 'run') latest.current.run(outcome.value)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
