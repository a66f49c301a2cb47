import { Button } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconPlus } from '@tabler/icons-react'
import { Fragment, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { InvoiceLine } from '#shared/contract/billing/invoices.ts'
import { oneOffs } from '#shared/contract/billing/one-offs.ts'
import { OneOffDialog } from '../../one-offs/one-off-dialog.tsx'
import type { Full } from '../types.ts'
import { InFavour } from './in-favour.tsx'
import { LineWhy } from './line-why.tsx'
import classes from './pane.module.css'

/** The lines of an invoice. Each opens to why its amount is what it is; `l` opens one after the other. */
export function LinesTab({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const addable = (invoice.state === 'draft' || invoice.state === 'held') && may(oneOffs.add)
  const [open, setOpen] = useState<string | null>(null)
  const table = useRef<HTMLTableElement>(null)
  const lines = invoice.lineItems
  // biome-ignore lint/correctness/useExhaustiveDependencies: another invoice begins with its lines closed
  useEffect(() => setOpen(null), [invoice.id])
  useEffect(() => {
    if (open !== null)
      table.current?.querySelector(`[data-line="${open}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [open])
  useActions(
    useMemo(
      () => [
        bindAction(
          defineAction('ui.billing.review.nextLine', {
            label: () => t('billing.review.action.nextLine'),
            key: 'l',
            run: () => {
              const at = lines.findIndex(({ id }) => id === open)
              setOpen(lines[at + 1]?.id ?? null)
            },
          }),
          undefined,
        ),
        bindAction(
          defineAction(oneOffs.add, {
            label: () => t('billing.oneOffs.addLine'),
            key: 'shift+n',
            icon: IconPlus,
            when: () => addable,
            run: () => setAdding(true),
          }),
          undefined,
        ),
      ],
      [t, lines, open, addable],
    ),
  )
  const codes = couponsOf(lines)
  return (
    <>
      <table ref={table} className={classes.lines}>
        {codes.length > 1 ? (
          <caption className={classes.stacking}>
            {t('billing.review.pane.stacking', { codes: codes.join(' → ') })}
          </caption>
        ) : null}
        <thead>
          <tr>
            <th scope="col">{t('billing.review.pane.line')}</th>
            <th scope="col" data-figure>
              {t('billing.review.pane.quantity')}
            </th>
            <th scope="col" data-figure>
              {`${t('billing.review.pane.amount')} ${invoice.currency}`}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(line => (
            <Fragment key={line.id}>
              <LineRow
                line={line}
                currency={invoice.currency}
                open={open === line.id}
                onToggle={() => setOpen(open === line.id ? null : line.id)}
              />
              {open === line.id ? (
                <tr>
                  <td colSpan={3} className={classes.whyCell}>
                    <LineWhy line={line} invoice={invoice} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
        <tfoot>
          {(['net', 'tax', 'total'] as const).map(sum => (
            <tr key={sum} data-sum={sum}>
              <th scope="row" colSpan={2}>
                {t(`billing.review.pane.${sum}`)}
              </th>
              <td data-figure>
                <Money minor={invoice[sum]} currency={invoice.currency} code={false} />
              </td>
            </tr>
          ))}
          <TaxInBooks invoice={invoice} />
          <InFavour invoice={invoice} />
        </tfoot>
      </table>
      {addable ? (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          rightSection={<KeyHint keys="shift+n" />}
          onClick={() => setAdding(true)}
        >
          {t('billing.oneOffs.addLine')}
        </Button>
      ) : null}
      {adding ? (
        <OneOffDialog
          customer={{ id: invoice.customerId, name: invoice.customer, zone: invoice.zone }}
          currency={invoice.currency}
          invoiceId={invoice.id}
          month={invoice.period}
          before={null}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  )
}

/** The tax in the currency of the seller's books, with the rates that it was converted by. */
function TaxInBooks({ invoice: { taxAmount } }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (taxAmount === null) return null
  const rates = taxAmount.rates.map(({ base, quote, rate, day, source }) =>
    t('billing.review.pane.rateOf', {
      ...{ base, quote, rate: format.decimal(rate), day: format.day(day), source },
    }),
  )
  return (
    <tr>
      <th scope="row" colSpan={2}>
        {t('billing.review.pane.taxIn', { currency: taxAmount.currency })}
        <div className={classes.quiet}>{rates.join('; ')}</div>
      </th>
      <td data-figure>
        <Money minor={taxAmount.amount} currency={taxAmount.currency} code={false} />
      </td>
    </tr>
  )
}

/** What was taken off an invoice, contracts and coupons, in the order in which it was. */
function couponsOf(lines: readonly InvoiceLine[]): string[] {
  const keys = lines.filter(line => line.kind === 'discount').map(line => line.priceKey)
  return [...new Set(keys)].map(key => key.replace(/^(?:coupon|contract)\./, ''))
}

function LineRow(props: {
  readonly line: InvoiceLine
  readonly currency: string
  readonly open: boolean
  readonly onToggle: () => void
}) {
  const { line, open } = props
  const { t } = useTranslation()
  const format = useFormat()
  const Icon = open ? IconChevronDown : IconChevronRight
  const quantity = format.decimal(line.quantity)
  return (
    <tr data-line={line.id} data-open={open}>
      <td>
        <button type="button" className={classes.lineButton} aria-expanded={open} onClick={props.onToggle}>
          <Icon size={14} aria-hidden="true" />
          <span>{line.name}</span>
          {line.kind === 'adjustment' ||
          line.kind === 'credit' ||
          line.kind === 'discount' ||
          line.kind === 'one-off' ? (
            <span className={classes.kind}>{t(`billing.review.pane.lineKind.${line.kind}`)}</span>
          ) : null}
        </button>
      </td>
      <td data-figure>
        {line.kind === 'one-off'
          ? `${quantity} ${line.unit ?? ''}`
          : line.unit === null
            ? // A single fee, or money back for seats that are the same as before, has no count worth saying.
              line.quantity === '1' || line.quantity === '0'
              ? ''
              : t('billing.review.pane.seats', { count: Number(line.quantity), formatted: quantity })
            : `${quantity} ${line.unit}`}
      </td>
      <td data-figure>
        <Money minor={line.amount} currency={props.currency} code={false} />
      </td>
    </tr>
  )
}
