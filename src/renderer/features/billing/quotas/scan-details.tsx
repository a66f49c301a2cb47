import { IconArrowLeft } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { contract } from '#shared/contract/index.ts'

const { scan: leaf } = contract.billing.quota

/** What one scan counted, and what it told or would have told. */
export function ScanDetails({ scanId, onBack }: { readonly scanId: string; readonly onBack: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data, error, refetch } = useCoreQuery(leaf.get, { scanId })
  const back = useMemo(
    () =>
      defineAction('ui.billing.quotas.scans', {
        label: () => t('billing.quotas.scans.back'),
        key: 'escape',
        icon: IconArrowLeft,
        run: onBack,
      }),
    [t, onBack],
  )
  useActions([bindAction(back, undefined)])
  if (error || !data)
    return (
      <Page title={t('billing.quotas.title')}>
        {error ? <ErrorState centred error={error} onRetry={() => void refetch()} /> : <LoadingState />}
      </Page>
    )
  const { report, alerts, dryRun, state } = data
  const tone = state === 'done' ? 'ok' : state === 'failed' ? 'critical' : 'running'
  return (
    <Page
      title={t('billing.quotas.scans.title', { when: format.instant(data.startedAt, 'minute') })}
      subtitle={<StatusBadge tone={tone} label={t(`billing.quotas.scans.states.${state}`)} />}
      actions={<ActionButton action={back} context={undefined} />}
      answer={report ? t('billing.quotas.scans.counts', figuresOf(report, format.integer)) : undefined}
      text
    >
      <Section title={t(dryRun ? 'billing.quotas.scans.wouldTell' : 'billing.quotas.scans.told')}>
        {alerts.length === 0 ? (
          <p>{t('billing.quotas.scans.nothing')}</p>
        ) : (
          <SmallTable
            label={t('billing.quotas.scans.told')}
            figures={[2, 3, 4]}
            head={[
              t('billing.quotas.column.customer'),
              t('billing.quotas.column.metric'),
              t('billing.quotas.scans.alert.threshold'),
              t('billing.quotas.column.used'),
              t('billing.quotas.column.limit'),
              t('billing.quotas.column.state'),
            ]}
            rows={alerts.map(one => [
              one.customer,
              one.metric,
              `${one.threshold} %`,
              format.decimal(one.used),
              `${format.decimal(one.limit)} ${one.unit}`,
              <StatusBadge
                key="state"
                tone={one.kind === 'breach' ? 'critical' : 'warning'}
                label={t(`billing.quotas.scans.alert.${one.kind}`)}
              />,
            ])}
          />
        )}
      </Section>
    </Page>
  )
}

function figuresOf(
  report: { readonly [name in 'quotas' | 'customers' | 'breaches' | 'warnings' | 'fresh' | 'tasks']: number },
  integer: (value: number) => string,
) {
  const { quotas, customers, breaches, warnings, fresh, tasks } = report
  return {
    ...{ quotas: integer(quotas), customers: integer(customers), breaches: integer(breaches) },
    ...{ warnings: integer(warnings), fresh: integer(fresh), tasks: integer(tasks) },
  }
}
