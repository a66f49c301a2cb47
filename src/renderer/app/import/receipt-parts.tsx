import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import classes from './import.module.css'
import { useNameOf } from './imported-files.tsx'
import { ProblemTable } from './problem-table.tsx'
import { type FileProblem, saveProblems } from './save-problems.ts'

/** What was refused of a file or is worth knowing, and the way to have all of it as a file. */
export function ReceiptProblems(props: {
  readonly fileName: string
  /** The first of them; nothing is shown where there are none. */
  readonly first: { readonly problems: readonly FileProblem[]; readonly count: number } | undefined
  readonly fetchPage: Parameters<typeof saveProblems>[1]
}) {
  const { fileName, first, fetchPage } = props
  const { t } = useTranslation()
  const toasts = useToasts()
  if (!first || first.count === 0) return null
  return (
    <Section
      title={t('shell.import.problems')}
      aside={
        <Button
          size="compact-sm"
          onClick={() => {
            saveProblems(fileName, fetchPage).catch(error => toasts.fail(error))
          }}
        >
          {t('shell.import.saveProblems')}
        </Button>
      }
    >
      <ProblemTable problems={first.problems} />
    </Section>
  )
}

/** The fields of a receipt that say when a file came in, by whom, and which one it was. */
export function useFileFields(
  file: { readonly importedAt: bigint; readonly importedBy: string | null; readonly digest: string | null },
  labels: { readonly when: string; readonly who: string; readonly digest: string },
): readonly (readonly [string, ReactNode])[] {
  const nameOf = useNameOf()
  return [
    [labels.when, <When key="when" at={file.importedAt} show="both" />],
    [labels.who, nameOf(file.importedBy) ?? file.importedBy ?? '–'],
    [
      labels.digest,
      <code key="digest" className={classes.digest}>
        {file.digest ?? '–'}
      </code>,
    ],
  ]
}
