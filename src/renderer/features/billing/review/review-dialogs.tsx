import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { AssignDialog } from './assign-dialog.tsx'
import { type AllOf, ManyDialog } from './many-dialog.tsx'
import { NoteDialog } from './note-dialog.tsx'
import type { Full, Row } from './types.ts'
import type { Mark } from './use-marks.ts'

/** What is asked before it is done, and to which invoices. */
export interface Asked {
  readonly kind: 'approve' | 'issue' | 'hold' | 'sendBack' | 'assign'
  readonly rows: readonly Row[]
  /** What it is all of, where it is about all of one kind; null where they were selected. */
  readonly allOf: AllOf | null
  /** True for selected ones and for all of a kind, also when that is a single one. */
  readonly many: boolean
  /** The lines of a single one as they were shown when this was asked. */
  readonly lines?: Full['lineItems'] | undefined
}

/** The questions of the review: notes, assignees, and confirmations of what is done to many or for good. */
export function ReviewDialogs(props: {
  readonly asked: Asked | null
  readonly onClose: () => void
  readonly onOne: (row: Row, mark: Mark) => void
  readonly onMany: (kind: 'approve' | 'issue' | 'hold' | 'assign', rows: readonly Row[], mark: Mark) => void
}) {
  const { asked, onClose, onOne, onMany } = props
  const { t } = useTranslation()
  const format = useFormat()
  const [row] = asked?.rows ?? []
  if (!asked || !row) return null
  const { kind, rows, many } = asked
  const subject = many
    ? t('billing.review.dialog.many', { count: rows.length, formatted: format.integer(rows.length) })
    : row.customer
  const run = (mark: Mark) => {
    if (many && kind !== 'sendBack') onMany(kind, rows, mark)
    else onOne(row, mark)
  }
  if (kind === 'hold' || kind === 'sendBack') {
    return (
      <NoteDialog
        kind={kind}
        subject={subject}
        draft={many ? 'many' : row.id}
        onClose={onClose}
        onNote={note => run({ kind, note })}
      />
    )
  }
  if (kind === 'assign') {
    return (
      <AssignDialog
        subject={subject}
        assignee={many ? null : row.assignee}
        onClose={onClose}
        onPerson={personId => run({ kind, personId })}
      />
    )
  }
  if (!many) {
    const { figure, code } = format.money(row.total, row.currency)
    return (
      <Confirm
        opened
        onClose={onClose}
        title={t('billing.review.dialog.issueTitle', { count: 1, formatted: '1' })}
        confirm={t('billing.review.action.issue')}
        onConfirm={() => run({ kind })}
      >
        <p>
          {t('billing.review.dialog.issueOne', { customer: row.customer, total: `${figure} ${code}` })}{' '}
          {t('billing.review.dialog.issueFinal')}
        </p>
      </Confirm>
    )
  }
  return (
    <ManyDialog
      kind={kind}
      rows={rows}
      allOf={asked.allOf}
      onClose={onClose}
      onConfirm={() => run({ kind })}
    />
  )
}
