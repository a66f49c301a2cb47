import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { CorrectionsTab } from '../../corrections/corrections-tab.tsx'
import { TABS, type Tab } from '../address.ts'
import { Change } from '../change.tsx'
import { useInvoiceStates } from '../states.ts'
import type { Full, Row } from '../types.ts'
import { BridgeTab } from './bridge-tab.tsx'
import { DocumentTab } from './document-tab.tsx'
import { DoubtList } from './doubt-list.tsx'
import { HistoryTab } from './history-tab.tsx'
import { LinesTab } from './lines-tab.tsx'
import classes from './pane.module.css'
import { PaneActions } from './pane-actions.tsx'

export interface InvoicePaneProps {
  readonly invoiceId: string
  readonly tab: Tab
  readonly onTab: (tab: Tab) => void
  readonly actions: (row: Row) => readonly (BoundAction | null)[]
  readonly onClose: () => void
}

/** One invoice: why it may be wrong, its lines down to the events, what changed, its document, its history. */
export function InvoicePane({ invoiceId, tab, onTab, actions, onClose }: InvoicePaneProps) {
  const { t } = useTranslation()
  const query = useCoreQuery(leaf.get, { invoiceId })
  const invoice = query.data
  return (
    <SidePane
      name="billing.invoice"
      title={invoice?.customer ?? t('billing.review.kind.invoice')}
      onClose={onClose}
      width={500}
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !invoice ? (
        <LoadingState rows={12} />
      ) : (
        <div className={classes.pane}>
          <Head invoice={invoice} />
          <PaneActions actions={actions(invoice)} />
          <Tabs value={tab} onChange={value => value && onTab(value as Tab)} keepMounted={false}>
            <Tabs.List>
              {TABS.map((one, i) => (
                <Tabs.Tab key={one} value={one} rightSection={<KeyHint keys={String(i + 1)} />}>
                  {t(`billing.review.pane.${one}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="lines">
              <LinesTab invoice={invoice} />
            </Tabs.Panel>
            <Tabs.Panel value="bridge">
              <BridgeTab invoice={invoice} />
            </Tabs.Panel>
            <Tabs.Panel value="document">
              <DocumentTab invoice={invoice} />
            </Tabs.Panel>
            <Tabs.Panel value="history">
              <HistoryTab invoice={invoice} />
              <Comments about={{ entity: 'invoice', id: invoice.id }} />
            </Tabs.Panel>
            <Tabs.Panel value="corrections">
              <CorrectionsTab invoice={invoice} />
            </Tabs.Panel>
          </Tabs>
        </div>
      )}
    </SidePane>
  )
}

/** What it comes to, how that compares, and why it may be wrong. */
function Head({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const format = useFormat()
  const states = useInvoiceStates()
  const { people } = useSession()
  const state = states[invoice.state]
  const nameOf = (id: string | null) => people.find(person => person.id === id)?.name
  const approver = nameOf(invoice.approvedBy)
  const assignee = nameOf(invoice.assignee)
  const facts = [
    invoice.plan,
    invoice.subscriptionId === null ? null : t('billing.review.pane.alone'),
    format.month(invoice.period),
    invoice.number ?? (invoice.kind === 'credit-note' ? t('billing.review.kind.credit-note') : null),
    approver === undefined ? null : t('billing.review.pane.approvedBy', { name: approver }),
    assignee === undefined ? null : t('billing.review.pane.assignedTo', { name: assignee }),
  ].filter(fact => fact !== null)
  return (
    <div className={classes.head}>
      <div className={classes.totalRow}>
        <span className={classes.total}>
          <Money minor={invoice.total} currency={invoice.currency} />
        </span>
        <StatusBadge tone={state.tone} label={state.label} />
      </div>
      <div className={classes.facts}>
        {invoice.change === null ? (
          <span>{t('billing.review.pane.noPrevious')}</span>
        ) : (
          <>
            <Change change={invoice.change} previous={invoice.previous} currency={invoice.currency} code />{' '}
            {t('billing.review.pane.against')}
          </>
        )}
        {facts.map(fact => (
          <span key={fact}>{fact}</span>
        ))}
        {invoice.dueAt === null || invoice.issuedAt === null ? null : (
          <span>
            {t('billing.review.pane.due')} <When at={invoice.dueAt} detail="day" />
          </span>
        )}
      </div>
      {invoice.note === null ? null : (
        <p className={classes.held}>
          {t('billing.review.pane.note')}: {invoice.note}
        </p>
      )}
      <DoubtList invoice={invoice} />
    </div>
  )
}
