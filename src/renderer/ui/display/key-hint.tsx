import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { shortcutCaps } from '#renderer/ui/actions/keys.ts'
import classes from './display.module.css'

/** True on machines whose command key is ⌘. */
export const IS_MAC = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

/**
 * A shortcut as key caps; `tight` leaves out the word between two presses, where there is little room. Hidden
 * from screen readers, which get it from `aria-keyshortcuts`.
 */
export function KeyHint({ keys, tight = false }: { readonly keys: string; readonly tight?: boolean }) {
  const { t } = useTranslation()
  return (
    <span className={classes.keys} aria-hidden="true">
      {shortcutCaps(keys, IS_MAC).map((press, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the presses of a shortcut do not move
        <Fragment key={i}>
          {i === 0 || tight ? null : <span className={classes.then}>{t('shell.shortcuts.followedBy')}</span>}
          {press.map(cap => (
            <kbd key={cap} className={classes.cap}>
              {cap}
            </kbd>
          ))}
        </Fragment>
      ))}
    </span>
  )
}
