import { Button, Loader } from '@mantine/core'
import { IconCloudDownload, IconCloudOff } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '#renderer/ui/format/time.ts'
import classes from './not-here.module.css'
import type { Here } from './use-here.ts'

/** Says that some of what a page shows is not on this desk, and what becomes of it; nothing when all of it is. */
export function NotHere({ here, onHere }: { readonly here: Here; readonly onHere?: () => void }) {
  const { t } = useTranslation()
  const before = useRef(here.state)
  useEffect(() => {
    if (here.state === 'here' && before.current !== 'here' && before.current !== 'unknown') onHere?.()
    before.current = here.state
  }, [here.state, onHere])
  if (here.state === 'here' || here.state === 'unknown') return null
  const what = t(`bulk.kind.${here.kind.replace('.', '_') as 'usage_sums'}`)
  const size = formatBytes(Number(here.bytes))
  return (
    <div className={classes.notice} role="status" data-state={here.state}>
      {here.state === 'coming' ? (
        <Loader size={14} aria-hidden="true" />
      ) : here.state === 'large' ? (
        <IconCloudDownload size={16} aria-hidden="true" />
      ) : (
        <IconCloudOff size={16} aria-hidden="true" />
      )}
      <span>{t(`bulk.${here.state}`, { what, size })}</span>
      {here.state === 'large' ? (
        <Button size="compact-sm" onClick={here.fetch}>
          {t('bulk.fetch', { size })}
        </Button>
      ) : null}
    </div>
  )
}
