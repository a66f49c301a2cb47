import { useTranslation } from 'react-i18next'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import type { FileProblem } from './save-problems.ts'

/** Refused rows and notices with file position and reason. */
export function ProblemTable({ problems }: { readonly problems: readonly FileProblem[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <SmallTable
      label={t('shell.import.problems')}
      head={[
        t('shell.import.severity'),
        t('shell.import.line'),
        t('shell.import.column'),
        t('shell.import.value'),
        t('shell.import.reason'),
        t('shell.import.rows'),
      ]}
      figures={[5]}
      rows={problems.map(problem => [
        <StatusBadge
          key="severity"
          tone={problem.severity === 'refused' ? 'critical' : 'info'}
          label={t(`shell.import.${problem.severity === 'refused' ? 'isRefused' : 'isNotice'}`)}
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
