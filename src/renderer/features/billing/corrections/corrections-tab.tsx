import { Anchor } from '@mantine/core'
import { IconArrowBackUp, IconBan, IconGavel, IconReceiptRefund, IconTrashX } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { kindWord } from '#renderer/features/workspace/approvals/words.tsx'
import classes from '#renderer/features/workspace/workspace.module.css'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Fields } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import paneClasses from '../review/pane/pane.module.css'
import { PaneActions } from '../review/pane/pane-actions.tsx'
import type { Full } from '../review/types.ts'
import { CreditDialog } from './credit-dialog.tsx'
import { DecideDisputeDialog, EvidenceDialog, OpenDisputeDialog } from './dispute-dialogs.tsx'
import { CreditNoteList, DisputeList, WriteOffList } from './lists.tsx'
import { ReasonDialog, type ReasonedKind } from './reason-dialog.tsx'
import { type Corrections, correction, type Dispute, dispute as disputeLeaf, type Subject } from './types.ts'

type Asked =
  | { readonly kind: 'credit' | 'dispute' | ReasonedKind }
  | { readonly kind: 'evidence' | 'decide'; readonly dispute: Dispute }

/** What was corrected of an issued invoice, what waits for an approval, and what still can be done. */
export function CorrectionsTab({ invoice }: { readonly invoice: Full }) {
  const query = useCoreQuery(correction.get, { invoiceId: invoice.id })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={4} />
  return <Shown invoice={invoice} corrections={query.data} />
}

function Shown({ invoice, corrections }: { readonly invoice: Full; readonly corrections: Corrections }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const [asked, setAsked] = useState<Asked | null>(null)
  const subject: Subject = {
    invoiceId: invoice.id,
    number: invoice.number ?? '',
    customer: invoice.customer,
  }
  const actions = useCorrectionActions(invoice, corrections, setAsked)
  useActions(actions)
  const { currency, creditNotes, writeOffs, disputes } = corrections
  const close = () => setAsked(null)
  const issued = invoice.number !== null
  const none = creditNotes.length + writeOffs.length + disputes.length === 0 && corrections.void === null
  const dialog = { subject, corrections, onClose: close }
  const mayDispute = may(disputeLeaf.decide)
  return (
    <div className={paneClasses.pane}>
      {corrections.corrects ? <Corrected {...corrections.corrects} /> : null}
      {issued && invoice.kind === 'invoice' ? (
        <Fields
          fields={[
            [
              t('billing.corrections.open'),
              <Money key="open" minor={corrections.open} currency={currency} />,
            ],
            [
              t('billing.corrections.paid'),
              <Money key="paid" minor={corrections.paid} currency={currency} />,
            ],
            [
              t('billing.corrections.left'),
              <Money key="left" minor={corrections.left} currency={currency} />,
            ],
          ]}
        />
      ) : null}
      <PaneActions actions={actions} />
      {corrections.waiting.map(one => (
        <Waiting key={one.approvalId} kind={kindWord(t, one.kind)} approvalId={one.approvalId} />
      ))}
      {corrections.locked ? (
        <p className={classes.dim}>
          {t('billing.corrections.locked', { month: format.month(invoice.period) })}
        </p>
      ) : null}
      {!issued ? (
        <p className={classes.dim}>{t('billing.corrections.notIssued')}</p>
      ) : none && invoice.kind === 'invoice' ? (
        <p className={classes.dim}>{t('billing.corrections.nothing')}</p>
      ) : null}
      {corrections.void ? <Void made={corrections.void} /> : null}
      <CreditNoteList notes={creditNotes} invoices={false} />
      <WriteOffList rows={writeOffs} invoices={false} />
      <DisputeList
        rows={disputes}
        invoices={false}
        onEvidence={mayDispute ? dispute => setAsked({ kind: 'evidence', dispute }) : undefined}
        onDecide={mayDispute ? dispute => setAsked({ kind: 'decide', dispute }) : undefined}
      />
      {asked?.kind === 'credit' ? <CreditDialog {...dialog} /> : null}
      {asked?.kind === 'writeOff' || asked?.kind === 'reverseWriteOff' || asked?.kind === 'void' ? (
        <ReasonDialog kind={asked.kind} {...dialog} />
      ) : null}
      {asked?.kind === 'dispute' ? <OpenDisputeDialog {...dialog} /> : null}
      {asked?.kind === 'evidence' ? <EvidenceDialog about={asked.dispute} onClose={close} /> : null}
      {asked?.kind === 'decide' ? (
        <DecideDisputeDialog about={asked.dispute} paid={corrections.paid > 0n} onClose={close} />
      ) : null}
    </div>
  )
}

/** What can be corrected of an invoice as it is now. */
function useCorrectionActions(invoice: Full, corrections: Corrections, ask: (asked: Asked) => void) {
  const { t } = useTranslation()
  const may = useMay()
  const { state, open, left, paid, locked, creditNotes, waiting } = corrections
  const own = invoice.kind === 'invoice'
  const standing = own && (state === 'issued' || state === 'paid')
  return useMemo(() => {
    const asks = (kind: string) => waiting.some(one => one.kind === kind)
    return [
      defineAction(correction.credit, {
        label: () => t('billing.corrections.action.credit'),
        key: 'shift+c',
        icon: IconReceiptRefund,
        when: () => standing && left > 0n && may(correction.credit),
        run: () => ask({ kind: 'credit' }),
      }),
      defineAction(correction.writeOff, {
        label: () => t('billing.corrections.action.writeOff'),
        key: 'shift+w',
        icon: IconTrashX,
        when: () =>
          own &&
          state === 'issued' &&
          open > 0n &&
          !asks('billing.correction.writeOff') &&
          may(correction.writeOff),
        run: () => ask({ kind: 'writeOff' }),
      }),
      defineAction(correction.reverseWriteOff, {
        label: () => t('billing.corrections.action.reverseWriteOff'),
        key: 'shift+w',
        icon: IconArrowBackUp,
        when: () => state === 'uncollectible' && may(correction.reverseWriteOff),
        run: () => ask({ kind: 'reverseWriteOff' }),
      }),
      defineAction(correction.void, {
        label: () => t('billing.corrections.action.void'),
        key: 'shift+v',
        icon: IconBan,
        danger: true,
        when: () =>
          own &&
          state === 'issued' &&
          !locked &&
          paid === 0n &&
          creditNotes.length === 0 &&
          !asks('billing.correction.void') &&
          may(correction.void),
        run: () => ask({ kind: 'void' }),
      }),
      defineAction(disputeLeaf.open, {
        label: () => t('billing.corrections.action.dispute'),
        key: 'shift+d',
        icon: IconGavel,
        when: () => standing && may(disputeLeaf.open),
        run: () => ask({ kind: 'dispute' }),
      }),
    ].map(action => bindAction(action, undefined))
  }, [t, may, own, standing, state, open, left, paid, locked, creditNotes.length, waiting, ask])
}

function Waiting({ kind, approvalId }: { readonly kind: string; readonly approvalId: string }) {
  const { t } = useTranslation()
  const href = useHref(`/workspace/approvals?approval=${approvalId}`)
  return (
    <div className={classes.notice}>
      {t('billing.corrections.waits', { what: kind })}{' '}
      <Anchor href={href}>{t('billing.corrections.showRequest')}</Anchor>
    </div>
  )
}

function Corrected({ invoiceId, number }: { readonly invoiceId: string; readonly number: string }) {
  const { t } = useTranslation()
  const href = useHref(`/billing/invoices?invoice=${invoiceId}&tab=corrections`)
  return (
    <p>
      <Anchor href={href}>{t('billing.corrections.corrects', { number })}</Anchor>
    </p>
  )
}

function Void({ made }: { readonly made: NonNullable<Corrections['void']> }) {
  const { t } = useTranslation()
  const draft = useHref(`/billing/invoices?invoice=${made.reissuedAs ?? ''}`)
  return (
    <p>
      {t('billing.corrections.list.void')}: {made.reason} ({made.by.name}, <When at={made.at} />){' '}
      {made.reissuedAs === null ? null : (
        <Anchor href={draft}>{t('billing.corrections.list.showDraft')}</Anchor>
      )}
    </p>
  )
}
