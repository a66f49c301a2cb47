import { type RefObject, useEffect, useLayoutEffect } from 'react'

/** What is filled in. */
const FIELDS =
  'input:not([type="hidden"], :disabled, [readonly]), textarea:not(:disabled, [readonly]), select:not(:disabled)'

/**
 * Gives the focus back to where it was when a dialog opened, also where the dialog is taken out of the page instead
 * of being closed first. Where that is gone meanwhile, the dialog below or the page has it: never nothing, which
 * would begin at the top of the page again.
 */
export function useFocusBack(opened: boolean): void {
  useLayoutEffect(() => {
    if (!opened) return
    const from = document.activeElement
    return () => {
      // The dialog leaves the page only after this.
      setTimeout(() => {
        const now = document.activeElement
        if (now !== null && now !== document.body) return
        const known = from instanceof HTMLElement && from !== document.body && from.isConnected
        const back = known ? from : document.querySelector<HTMLElement>('[role="dialog"], main')
        back?.focus({ preventScroll: true })
      }, 20)
    }
  }, [opened])
}

function firstField(content: HTMLElement): HTMLElement | null {
  return content.querySelector<HTMLElement>('[data-autofocus]') ?? content.querySelector<HTMLElement>(FIELDS)
}

/**
 * Begins in the first field of a dialog where none says that it is the one to begin with, and not on the button that
 * closes it; and once what the fields need has been read, where they come later than the dialog. Whoever has begun to
 * do something stays where they are.
 */
export function useFirstField(content: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    // What keeps the focus in a dialog begins with what is marked so.
    if (content.current) firstField(content.current)?.setAttribute('data-autofocus', 'true')
  }, [content])
  useEffect(() => {
    const node = content.current
    const dialog = node?.closest('[role="dialog"]')
    if (!node || !dialog) return
    const begin = () => {
      if (node.contains(document.activeElement) || !dialog.contains(document.activeElement)) return
      firstField(node)?.focus({ preventScroll: true })
    }
    const observer = new MutationObserver(begin)
    observer.observe(node, { childList: true, subtree: true })
    const stop = () => observer.disconnect()
    dialog.addEventListener('keydown', stop)
    dialog.addEventListener('pointerdown', stop)
    return () => {
      stop()
      dialog.removeEventListener('keydown', stop)
      dialog.removeEventListener('pointerdown', stop)
    }
  }, [content])
}
