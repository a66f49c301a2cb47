import {
  IconArrowBackUp,
  IconCheck,
  IconFileInvoice,
  IconHandStop,
  IconLayoutSidebarRight,
  IconMessageReply,
  IconUserShare,
} from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { isAllowed } from '#engines/billing/invoice-states.ts'
import type { Action, CapabilityLeaf } from '#renderer/ui/actions/action.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { Row } from './types.ts'
import type { MarkKind } from './use-marks.ts'

/** What the actions of an invoice are done to, and how. */
export interface RowContext {
  readonly row: Row
  readonly t: TFunction
  readonly may: (leaf: CapabilityLeaf) => boolean
  /** More than one where rows are selected: the action is then for all of them. */
  readonly selected: number
  readonly begin: (kind: MarkKind, row: Row) => void
  readonly open: (row: Row) => void
}

const offered = (kind: MarkKind, key: string, icon: Action<RowContext>['icon'], many: boolean) =>
  defineAction<RowContext>(leaf[kind], {
    label: ({ t, selected }) => {
      const action = t(`billing.review.action.${kind}`)
      return many && selected > 0
        ? t('billing.review.action.selected', { action, count: selected, formatted: String(selected) })
        : action
    },
    key,
    ...(icon ? { icon } : {}),
    when: ({ row, may, selected }) =>
      may(leaf[kind]) && (isAllowed(kind, row.state) || (many && selected > 0)),
    run: ({ begin, row }) => begin(kind, row),
  })

/** What can be done to an invoice, in the order of menus. Whether its state allows it is the engine's to say. */
export const ROW_ACTIONS: readonly Action<RowContext>[] = [
  defineAction<RowContext>('ui.billing.review.open', {
    label: ({ t }) => t('billing.review.action.open'),
    key: 'enter',
    icon: IconLayoutSidebarRight,
    run: ({ open, row }) => open(row),
  }),
  offered('approve', 'a', IconCheck, true),
  offered('hold', 'h', IconHandStop, true),
  offered('unapprove', 'r', IconArrowBackUp, false),
  offered('release', 'r', IconArrowBackUp, false),
  offered('sendBack', 's', IconMessageReply, false),
  offered('assign', 'w', IconUserShare, true),
  offered('issue', 'e', IconFileInvoice, true),
]
