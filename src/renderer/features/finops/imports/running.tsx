import { useTranslation } from 'react-i18next'
import { RunningImport } from '#renderer/app/import/running-import.tsx'

/** A bill that is coming in. */
export function RunningBill({ jobId }: { readonly jobId: string }) {
  const { t } = useTranslation()
  return (
    <RunningImport
      jobId={jobId}
      path="/finops/bills"
      words={{
        title: t('finops.imports.running.title'),
        text: t('finops.imports.running.text'),
        failed: t('finops.imports.running.failed'),
        cancelled: t('finops.imports.running.cancelled'),
        cancel: t('finops.imports.running.cancel'),
        another: t('finops.imports.start.another'),
      }}
    />
  )
}
