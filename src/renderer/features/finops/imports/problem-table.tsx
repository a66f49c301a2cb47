import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { finops } from '#shared/contract/finops.ts'
import { SmallTable } from './tables.tsx'

type Problem = OutputOf<typeof finops.imports.problems>['problems'][number]

/** Refused rows and notices with file position and reason. */
export function ProblemTable({ problems }: { readonly problems: readonly Problem[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <SmallTable
      label={t('finops.imports.receipt.problems')}
      head={[
        t('finops.imports.receipt.severity'),
        t('finops.imports.receipt.line'),
        t('finops.imports.receipt.column'),
        t('finops.imports.receipt.value'),
        t('finops.imports.receipt.reason'),
        t('finops.imports.receipt.rows'),
      ]}
      figures={[5]}
      rows={problems.map(problem => [
        <StatusBadge
          key="severity"
          tone={problem.severity === 'refused' ? 'critical' : 'info'}
          label={t(`finops.imports.receipt.${problem.severity === 'refused' ? 'isRefused' : 'isNotice'}`)}
        />,
        problem.line === null ? '–' : `${problem.line}${problem.at === null ? '' : `:${problem.at}`}`,
        problem.column ?? '–',
        problem.value ?? '–',
        problem.reason,
        format.integer(problem.rows),
      ])}
    />
  )
}
