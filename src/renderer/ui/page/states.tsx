import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCloudOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCopy } from '#renderer/ui/overlay/toast.tsx'
import { useErrorWords } from './error-words.ts'
import classes from './page.module.css'

/** Nothing here yet: why, and what to do. */
export function EmptyState({
  title,
  text,
  actions,
  icon,
  centred = false,
}: {
  readonly title: string
  readonly text?: ReactNode
  readonly actions?: ReactNode
  readonly icon?: ReactNode
  readonly centred?: boolean
}) {
  return (
    <div className={classes.state} data-centred={centred}>
      <h2>
        {icon}
        {title}
      </h2>
      {text ? <p>{text}</p> : null}
      {actions ? <div className={classes.row}>{actions}</div> : null}
    </div>
  )
}

/** A failure in words, with a way on. Never the raw error. */
export function ErrorState({
  error,
  title,
  onRetry,
  centred = false,
}: {
  readonly error: unknown
  readonly title?: string
  readonly onRetry?: (() => void) | undefined
  readonly centred?: boolean
}) {
  const { t } = useTranslation()
  const words = useErrorWords(error)
  const offline = words.code === 'SYNC_NETWORK_NEEDED'
  return (
    <div className={classes.state} data-centred={centred} role={offline ? 'status' : 'alert'}>
      <h2>
        {offline ? (
          <IconCloudOff size={18} aria-hidden="true" />
        ) : (
          <IconAlertTriangle size={18} className={classes.critical} aria-hidden="true" />
        )}
        {title ?? t(offline ? 'ui.error.offline' : 'ui.error.title')}
      </h2>
      <p>{words.text}</p>
      {words.reference ? <Reference reference={words.reference} /> : null}
      {onRetry ? (
        <div className={classes.row}>
          <Button onClick={onRetry}>{t('ui.retry')}</Button>
        </div>
      ) : null}
    </div>
  )
}

/** The name under which the log knows a failure. */
export function Reference({ reference }: { readonly reference: string }) {
  const { t } = useTranslation()
  const copy = useCopy()
  return (
    <div className={classes.reference}>
      <span>
        {t('ui.error.reference')} <code>{reference}</code>
      </span>
      <Button size="compact-xs" aria-label={t('ui.error.copyReference')} onClick={() => copy(reference)}>
        {t('ui.copy')}
      </Button>
    </div>
  )
}

/** Something is on its way. Bars of fixed lengths, so that nothing flickers. */
export function LoadingState({ rows = 6 }: { readonly rows?: number }) {
  const { t } = useTranslation()
  return (
    <div className={classes.skeleton} role="status" aria-label={t('ui.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars of no identity
        <div key={i} className={classes.bone} style={{ width: `${[72, 88, 54, 80, 64, 92][i % 6]}%` }} />
      ))}
    </div>
  )
}
