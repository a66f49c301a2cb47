import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { Fields } from '#renderer/ui/page/page.tsx'
import type { contract } from '#shared/contract/index.ts'
import classes from '../workspace.module.css'

export type Verified = OutputOf<typeof contract.workspace.log.verify>

/** What the walk along the log found. */
export function VerifiedDialog({
  verified,
  onClose,
}: {
  readonly verified: Verified | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Dialog opened={verified !== null} onClose={onClose} title={t('workspace.log.verifyTitle')}>
      {verified ? (
        <div className={classes.form}>
          {verified.problem === null ? (
            <>
              <StatusBadge tone="ok" label={t('workspace.log.intact')} />
              <p>{t('workspace.log.intactText')}</p>
            </>
          ) : (
            <>
              <StatusBadge
                tone="critical"
                label={t('workspace.log.damaged', { version: format.integer(verified.problem.version) })}
              />
              <p>{t(`workspace.log.problem.${verified.problem.kind}`)}</p>
            </>
          )}
          <Fields
            fields={[
              [t('workspace.log.entries'), format.integer(verified.entries)],
              [t('workspace.log.heads'), format.integer(verified.heads)],
              [t('workspace.log.keptElsewhere'), format.integer(verified.keptElsewhere)],
              [
                t('workspace.log.signedUpTo'),
                verified.signedUpTo === null ? t('ui.none') : format.integer(verified.signedUpTo),
              ],
              [t('workspace.log.end'), <code key="end">{verified.end?.hash ?? t('ui.none')}</code>],
            ]}
          />
          <DialogButtons>
            <Button data-autofocus onClick={onClose}>
              {t('ui.close')}
            </Button>
          </DialogButtons>
        </div>
      ) : null}
    </Dialog>
  )
}
