import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Money } from '#renderer/ui/display/money.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import catalogue from '../catalogue.module.css'
import type { Journal } from './page.tsx'

/** What was made of the month: each file can be had again as it was. */
export function Exports(props: {
  readonly journal: Journal
  readonly onSave: (exportId: string) => Promise<void>
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const { exports } = props.journal
  if (exports.length === 0) return null
  return (
    <Section title={t('billing.journal.exports')}>
      <table className={catalogue.table} aria-label={t('billing.journal.exports')}>
        <thead>
          <tr>
            <th>{t('billing.journal.file')}</th>
            <th>{t('billing.journal.made')}</th>
            <th data-align="end">{t('billing.journal.entries')}</th>
            <th data-align="end">{t('billing.journal.total')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {exports.map(one => (
            <tr key={one.id}>
              <td title={`SHA-256 ${one.digest}`}>{one.fileName}</td>
              <td>
                <When at={one.exportedAt} />
              </td>
              <td data-align="end">{one.entries}</td>
              <td data-align="end">
                <Money minor={one.total} currency={one.currency} />
              </td>
              <td data-align="end">
                <Button
                  size="compact-xs"
                  variant="subtle"
                  leftSection={<IconDownload size={14} aria-hidden="true" />}
                  aria-label={`${t('billing.journal.again')}: ${one.fileName}`}
                  onClick={() => props.onSave(one.id).catch(error => toasts.fail(error))}
                >
                  {t('billing.journal.again')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
