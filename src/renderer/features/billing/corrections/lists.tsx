import { Anchor, Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { ask, type OutputOf, useCore } from '#renderer/app/core/hooks.ts'
import classes from '#renderer/features/workspace/workspace.module.css'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { type Corrections, type correction, type Dispute, dispute as disputeLeaf } from './types.ts'

type Notes = Corrections['creditNotes']
type WriteOffs = Corrections['writeOffs']

function InvoiceLink({ id, number }: { readonly id: string; readonly number: string }) {
  return <Anchor href={useHref(`/billing/invoices?invoice=${id}`)}>{number}</Anchor>
}

type Entries = OutputOf<typeof correction.balance>['entries']

/** What came onto the balance and what it paid, the newest first. */
export function BalanceList({ entries }: { readonly entries: Entries }) {
  const { t } = useTranslation()
  const own = entries.filter(one => one.debit === 'balance' || one.credit === 'balance')
  if (own.length === 0) return null
  return (
    <Section title={t('billing.corrections.list.moves')}>
      <SmallTable
        label={t('billing.corrections.list.moves')}
        head={[
          t('billing.corrections.list.at'),
          t('billing.corrections.list.of'),
          t('billing.corrections.list.amount'),
        ]}
        figures={[2]}
        rows={own.map(one => [
          <When key="at" at={one.at} />,
          <span key="of">
            {t(`billing.corrections.list.moved.${movedBy(one)}`)}{' '}
            {one.number === null ? null : <InvoiceLink id={one.sourceId} number={one.number} />}
            {one.reason === '' ? null : <div className={classes.dim}>{one.reason}</div>}
          </span>,
          <Money
            key="amount"
            minor={one.credit === 'balance' ? one.amount : -one.amount}
            currency={one.currency}
          />,
        ])}
      />
    </Section>
  )
}

/** What moved the balance, by a word for it. */
function movedBy({ source, credit }: Entries[number]): 'credited' | 'paid' | 'refund' | 'other' {
  if (source === 'credit-note') return 'credited'
  if (source === 'invoice' && credit !== 'balance') return 'paid'
  return source === 'refund' ? 'refund' : 'other'
}

/** Credit notes with their documents, and where their money went. */
export function CreditNoteList({ notes, invoices }: { readonly notes: Notes; readonly invoices: boolean }) {
  const { t } = useTranslation()
  if (notes.length === 0) return null
  return (
    <Section title={t('billing.corrections.list.creditNotes')}>
      <SmallTable
        label={t('billing.corrections.list.creditNotes')}
        head={[
          t('billing.corrections.list.number'),
          ...(invoices ? [t('billing.corrections.list.invoice')] : []),
          t('billing.corrections.list.amount'),
          t('billing.corrections.list.reason'),
          t('billing.corrections.list.at'),
        ]}
        figures={[invoices ? 2 : 1]}
        rows={notes.map(note => [
          <InvoiceLink key="note" id={note.id} number={note.number} />,
          ...(invoices ? [<InvoiceLink key="of" id={note.invoiceId} number={note.invoiceNumber} />] : []),
          <Money key="total" minor={note.total} currency={note.currency} />,
          <span key="reason">
            {note.reason}
            <GoneTo note={note} />
          </span>,
          <When key="at" at={note.createdAt} />,
        ])}
      />
    </Section>
  )
}

function GoneTo({ note }: { readonly note: Notes[number] }) {
  const { t } = useTranslation()
  const parts = (['applied', 'refunded', 'credited', 'returned', 'lapsed'] as const).filter(
    name => note[name] > 0n,
  )
  return (
    <div className={classes.dim}>
      {parts.map(name => (
        <div key={name}>
          {t(`billing.corrections.credit.${name}`)}: <Money minor={note[name]} currency={note.currency} />
        </div>
      ))}
    </div>
  )
}

/** What was given up, and taken back. */
export function WriteOffList({ rows, invoices }: { readonly rows: WriteOffs; readonly invoices: boolean }) {
  const { t } = useTranslation()
  if (rows.length === 0) return null
  return (
    <Section title={t('billing.corrections.list.writeOffs')}>
      <SmallTable
        label={t('billing.corrections.list.writeOffs')}
        head={[
          ...(invoices ? [t('billing.corrections.list.invoice')] : []),
          t('billing.corrections.list.amount'),
          t('billing.corrections.list.reason'),
          t('billing.corrections.list.by'),
          t('billing.corrections.list.at'),
        ]}
        figures={[invoices ? 1 : 0]}
        rows={rows.map(row => [
          ...(invoices ? [<InvoiceLink key="of" id={row.invoiceId} number={row.invoiceNumber} />] : []),
          <Money key="amount" minor={row.amount} currency={row.currency} />,
          row.reason,
          row.requestedBy.name,
          <When key="at" at={row.createdAt} />,
        ])}
      />
    </Section>
  )
}

const TONES: Readonly<Record<Dispute['state'], Tone>> = {
  open: 'warning',
  won: 'ok',
  lost: 'critical',
  withdrawn: 'neutral',
}

/** Disputes with their evidence. */
export function DisputeList({
  rows,
  invoices,
  onEvidence,
  onDecide,
}: {
  readonly rows: readonly Dispute[]
  readonly invoices: boolean
  readonly onEvidence?: ((dispute: Dispute) => void) | undefined
  readonly onDecide?: ((dispute: Dispute) => void) | undefined
}) {
  const { t } = useTranslation()
  if (rows.length === 0) return null
  return (
    <Section title={t('billing.corrections.list.disputes')}>
      {rows.map(row => (
        <div key={row.id} className={classes.form}>
          <p>
            <StatusBadge
              tone={TONES[row.state]}
              label={t(`billing.corrections.dispute.state.${row.state}`)}
            />{' '}
            {invoices ? <InvoiceLink id={row.invoiceId} number={row.invoiceNumber} /> : null}{' '}
            <strong>
              <Money minor={row.amount} currency={row.currency} />
            </strong>{' '}
            {row.openedBy.name} <When at={row.openedAt} />
            {row.deadlineAt === null || row.state !== 'open' ? null : (
              <>
                {' · '}
                {t('billing.corrections.list.deadline')}:{' '}
                <When at={row.deadlineAt} detail="day" show="both" />
              </>
            )}
          </p>
          <p>{row.reason}</p>
          {row.evidence.map(one => (
            <div key={one.id} className={classes.dim}>
              {one.addedBy.name}, <When at={one.addedAt} />: {one.text}{' '}
              {one.file ? <EvidenceFile evidenceId={one.id} name={one.file.name} /> : null}
            </div>
          ))}
          {row.outcome === null ? null : (
            <p>
              {row.decidedBy?.name}: {row.outcome}
            </p>
          )}
          {row.state === 'open' && onEvidence && onDecide ? (
            <div className={classes.buttons}>
              <Button size="compact-sm" onClick={() => onEvidence(row)}>
                {t('billing.corrections.action.evidence')}
              </Button>
              <Button size="compact-sm" onClick={() => onDecide(row)}>
                {t('billing.corrections.action.decide')}
              </Button>
            </div>
          ) : null}
        </div>
      ))}
    </Section>
  )
}

function EvidenceFile({ evidenceId, name }: { readonly evidenceId: string; readonly name: string }) {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const save = async () => {
    try {
      const { base64, fileName } = await ask(core, disputeLeaf.file, { evidenceId })
      const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
      // Never opened here: what a customer sent is saved, whatever it says it is.
      const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }))
      const link = document.createElement('a')
      link.href = url
      link.download = fileName
      link.click()
      URL.revokeObjectURL(url)
    } catch (error) {
      toasts.fail(error)
    }
  }
  return (
    <Anchor component="button" type="button" onClick={() => void save()}>
      {t('billing.corrections.list.download', { name })}
    </Anchor>
  )
}
