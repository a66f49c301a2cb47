import {
  IconArrowBackUp,
  IconBookmark,
  IconChecks,
  IconFileInvoice,
  IconLink,
  IconMessage,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { type CapabilityLeaf, defineAction } from '#renderer/ui/actions/action.ts'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { TABS, type Tab } from './address.ts'

/** What the actions of the review as a whole are done to. */
export interface PageContext {
  readonly t: TFunction
  readonly format: Format
  readonly may: (leaf: CapabilityLeaf) => boolean
  /** Drafts of the month without a doubt, and approved ones. */
  readonly clean: number
  readonly approved: number
  readonly undoable: string | null
  readonly paneOpen: boolean
  readonly undo: () => Promise<void>
  readonly askAll: (kind: 'approve' | 'issue') => Promise<void>
  readonly step: (by: 1 | -1) => void
  readonly nextOpen: () => Promise<void>
  readonly tab: (tab: Tab) => void
  /** The tab that is shown. */
  readonly shownTab: Tab
  readonly comment: () => void
  readonly openViews: () => void
  readonly save: () => void
  readonly copyAddress: () => void
}

export const approveClean = defineAction<PageContext>('ui.billing.review.approveClean', {
  label: ({ t, format, clean }) =>
    t('billing.review.action.approveCleanCount', { count: clean, formatted: format.integer(clean) }),
  key: 'shift+a',
  icon: IconChecks,
  when: ({ clean, may }) => clean > 0 && may(leaf.approve),
  run: ({ askAll }) => askAll('approve'),
})
export const issueApproved = defineAction<PageContext>('ui.billing.review.issueApproved', {
  label: ({ t, format, approved }) =>
    t('billing.review.action.issueApprovedCount', { count: approved, formatted: format.integer(approved) }),
  key: 'shift+e',
  icon: IconFileInvoice,
  when: ({ approved, may }) => approved > 0 && may(leaf.issue),
  run: ({ askAll }) => askAll('issue'),
})

/** What has a key and a place in the palette, but no button. */
export const PAGE_ACTIONS = [
  defineAction<PageContext>('ui.billing.review.undo', {
    label: ({ t, undoable }) => t('billing.review.action.undo', { what: undoable ?? '' }),
    key: 'u',
    icon: IconArrowBackUp,
    when: ({ undoable }) => undoable !== null,
    run: ({ undo }) => undo(),
  }),
  defineAction<PageContext>('ui.billing.review.nextOpen', {
    label: ({ t }) => t('billing.review.action.nextOpen'),
    key: 'n',
    icon: IconPlayerSkipForward,
    run: ({ nextOpen }) => nextOpen(),
  }),
  defineAction<PageContext>('ui.billing.review.next', {
    label: ({ t }) => t('billing.review.action.next'),
    key: 'j',
    run: ({ step }) => step(1),
  }),
  defineAction<PageContext>('ui.billing.review.previous', {
    label: ({ t }) => t('billing.review.action.previous'),
    key: 'k',
    run: ({ step }) => step(-1),
  }),
  ...TABS.map((tab, i) =>
    defineAction<PageContext>(`ui.billing.review.tab.${tab}`, {
      label: ({ t }) => t(`billing.review.pane.${tab}`),
      key: String(i + 1),
      when: ({ paneOpen }) => paneOpen,
      run: context => context.tab(tab),
    }),
  ),
  // The comments bind this key themselves while they are shown.
  defineAction<PageContext>('ui.billing.review.comment', {
    label: ({ t }) => t('workspace.comments.write'),
    key: 'c',
    icon: IconMessage,
    when: ({ paneOpen, shownTab }) => paneOpen && shownTab !== 'history',
    run: ({ comment }) => comment(),
  }),
  defineAction<PageContext>('ui.billing.review.views', {
    label: ({ t }) => t('shell.views.title'),
    key: 'v',
    icon: IconBookmark,
    run: ({ openViews }) => openViews(),
  }),
  defineAction<PageContext>('ui.billing.review.save', {
    label: ({ t }) => t('shell.views.save'),
    key: 'shift+s',
    run: ({ save }) => save(),
  }),
  defineAction<PageContext>('ui.billing.review.copyAddress', {
    label: ({ t }) => t('shell.views.copyAddress'),
    key: 'y',
    icon: IconLink,
    run: ({ copyAddress }) => copyAddress(),
  }),
]
