import { Button, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { ariaShortcut } from '#renderer/ui/actions/keys.ts'
import { ActionMenuItem, useRunAction } from '#renderer/ui/actions/use-actions.tsx'
import { IS_MAC, KeyHint } from '#renderer/ui/display/key-hint.tsx'
import classes from './pane.module.css'

/** Actions that stand as buttons; the others are in the menu behind them. */
const BUTTONS = 4

/** What can be done to the invoice that is shown, with the keys. */
export function PaneActions({ actions }: { readonly actions: readonly (BoundAction | null)[] }) {
  const { t } = useTranslation()
  const run = useRunAction()
  const offered = actions.filter(action => action !== null).filter(({ id }) => !id.startsWith('ui.'))
  if (offered.length === 0) return null
  const rest = offered.slice(BUTTONS)
  return (
    <div className={classes.actions}>
      {offered.slice(0, BUTTONS).map((action, i) => {
        const Icon = action.icon
        return (
          <Button
            key={action.id}
            size="compact-sm"
            variant={i === 0 ? 'light' : 'default'}
            leftSection={Icon ? <Icon size={14} aria-hidden="true" /> : undefined}
            rightSection={action.key ? <KeyHint keys={action.key} /> : undefined}
            aria-keyshortcuts={action.key ? ariaShortcut(action.key, IS_MAC) : undefined}
            onClick={() => run(action)}
          >
            {action.label}
          </Button>
        )
      })}
      {rest.length > 0 ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" aria-label={t('billing.review.pane.more')}>
              <IconDots size={14} aria-hidden="true" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map(action => (
              <ActionMenuItem key={action.id} action={action} />
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </div>
  )
}
