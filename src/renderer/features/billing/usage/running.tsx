import { useTranslation } from 'react-i18next'
import { RunningImport } from '#renderer/app/import/running-import.tsx'

/** Usage that is coming in. */
export function RunningUsage({ jobId }: { readonly jobId: string }) {
  const { t } = useTranslation()
  return (
    <RunningImport
      jobId={jobId}
      path="/billing/usage"
      words={{
        title: t('billing.usage.running.title'),
        text: t('billing.usage.running.text'),
        failed: t('billing.usage.running.failed'),
        cancelled: t('billing.usage.running.cancelled'),
        cancel: t('billing.usage.running.cancel'),
        another: t('billing.usage.another'),
      }}
    />
  )
}
