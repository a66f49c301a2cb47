import { Button } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { contract } from '#shared/contract/index.ts'
import { useGo } from '../address.ts'
import { useCoreQuery } from '../core/hooks.ts'
import classes from './shell.module.css'

/** How many notifications the acting person has not read; leads to them. */
export function Bell() {
  const { t } = useTranslation()
  const go = useGo()
  const { data } = useCoreQuery(contract.workspace.notifications.inbox.count, {})
  const unread = data?.unread ?? 0
  const words =
    unread === 0
      ? t('workspace.notifications.bell.none')
      : t('workspace.notifications.bell.unread', { count: unread })
  return (
    <Button
      variant="subtle"
      color="gray"
      className={classes.bell}
      aria-label={`${t('workspace.notifications.bell.label')}: ${words}`}
      title={words}
      onClick={() => go('/workspace/notifications')}
    >
      <IconBell size={18} stroke={1.75} aria-hidden="true" />
      {unread > 0 ? (
        <span className={classes.bellCount} data-urgent={(data?.urgent ?? 0) > 0}>
          {unread > 99 ? '99+' : unread}
        </span>
      ) : null}
    </Button>
  )
}
