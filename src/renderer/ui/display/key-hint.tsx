import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { shortcutCaps } from '#renderer/ui/actions/keys.ts'
import classes from './display.module.css'

/** True on machines whose command key is ⌘. */
export const IS_MAC = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

/** A shortcut as key caps. Hidden from screen readers, which get it from `aria-keyshortcuts`. */
export function KeyHint({ keys }: { readonly keys: string }) {
  const { t } = useTranslation()
  return (
    <span className={classes.keys} aria-hidden="true">
      {shortcutCaps(keys, IS_MAC).map((press, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the presses of a shortcut do not move
        <Fragment key={i}>
          {i === 0 ? null : <span className={classes.then}>{t('shell.shortcuts.followedBy')}</span>}
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
