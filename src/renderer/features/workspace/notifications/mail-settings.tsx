import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Setting } from '#shared/contract/workspace/settings.ts'
import { SettingDialog } from '../settings/setting-dialog.tsx'
import { settingLabel, valueText } from '../settings/setting-words.ts'
import classes from './notifications.module.css'

const { settings } = contract.workspace

/** The settings of mail, of which the password is never shown. */
export function MailSettings() {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(settings.list, {})
  const [edited, setEdited] = useState<Setting | null>(null)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  const rows = query.data?.settings.filter(
    one => one.group === 'notify' || one.name === 'billing.sendInvoices',
  )
  return (
    <table className={`${classes.table} ${classes.tight}`}>
      <thead>
        <tr>
          <th>{t('workspace.notifications.channels.mailSetting')}</th>
          <th>{t('workspace.notifications.channels.mailValue')}</th>
          <th aria-label={t('workspace.notifications.channels.change')} />
        </tr>
      </thead>
      <tbody>
        {rows?.map(one => (
          <tr key={one.name}>
            <td>{settingLabel(t, one.name)}</td>
            <td>{valueText(t, one)}</td>
            <td>
              {may(settings.set) ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t('workspace.notifications.channels.change')}: ${settingLabel(t, one.name)}`}
                  onClick={() => setEdited(one)}
                >
                  {t('workspace.notifications.channels.change')}
                </Button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
      {edited ? <SettingDialog key={edited.name} setting={edited} onClose={() => setEdited(null)} /> : null}
    </table>
  )
}
