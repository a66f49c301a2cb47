import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { oneOffs as leaf, type OneOff } from '#shared/contract/billing/one-offs.ts'
import classes from '../catalogue.module.css'
import { useInvoiceStates } from '../review/states.ts'
import type { CustomerShown } from '../words.ts'
import { OneOffDialog } from './one-off-dialog.tsx'
import { useRemoveOneOff } from './use-remove.ts'

/** What a customer is charged once: what waits for the next close, and what is on an invoice. */
export function CustomerOneOffs({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const may = useMay()
  const now = useNow()
  const query = useCoreQuery(leaf.list, { customerId: customer.id })
  const { remove, running } = useRemoveOneOff()
  const [edited, setEdited] = useState<OneOff | 'new' | null>(null)
  const mayAdd = may(leaf.add)
  useActions(
    useMemo(
      () => [
        bindAction(
          defineAction('ui.billing.customer.oneOff', {
            label: () => t('billing.oneOffs.add'),
            key: 'shift+o',
            icon: IconPlus,
            when: () => mayAdd,
            run: () => setEdited('new'),
          }),
          undefined,
        ),
      ],
      [t, mayAdd],
    ),
  )
  const all = query.data?.oneOffs ?? []
  const before = edited === 'new' ? null : edited
  return (
    <Section
      title={t('billing.oneOffs.title')}
      aside={
        mayAdd ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            rightSection={<KeyHint keys="shift+o" />}
            onClick={() => setEdited('new')}
          >
            {t('billing.oneOffs.add')}
          </Button>
        ) : null
      }
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState rows={1} />
      ) : all.length === 0 ? (
        <p className={classes.facts}>{t('billing.oneOffs.none')}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.oneOffs.title')}>
          <thead>
            <tr>
              <th>{t('billing.oneOffs.what')}</th>
              <th>{t('billing.oneOffs.where')}</th>
              <th data-align="end">{t('billing.oneOffs.amount')}</th>
              <th>
                <span className={classes.facts}>{t('billing.oneOffs.who')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map(one => (
              <OneOffLine
                key={one.id}
                one={one}
                busy={running}
                onEdit={() => setEdited(one)}
                onRemove={() => void remove(one)}
              />
            ))}
          </tbody>
        </table>
      )}
      {edited ? (
        <OneOffDialog
          customer={customer}
          currency={before?.currency ?? customer.currency}
          invoiceId={null}
          month={dayOf(now, customer.zone).slice(0, 7)}
          before={before}
          onClose={() => setEdited(null)}
        />
      ) : null}
    </Section>
  )
}

function OneOffLine(props: {
  readonly one: OneOff
  readonly busy: boolean
  readonly onEdit: () => void
  readonly onRemove: () => void
}) {
  const { one, busy, onEdit, onRemove } = props
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const { name, quantity, unit, unitPrice, invoice, createdBy, note } = one
  return (
    <tr>
      <td>
        {name}
        <div className={classes.facts}>
          {t('billing.oneOffs.counted', {
            ...{ quantity: format.decimal(quantity), unit, price: format.decimal(unitPrice) },
          })}
        </div>
      </td>
      <td>
        {invoice ? (
          <Where invoice={invoice} />
        ) : (
          t('billing.oneOffs.pending', { month: format.month(one.firstPeriod) })
        )}
      </td>
      <td data-align="end">
        <Money minor={one.amount} currency={one.currency} />
      </td>
      <td>
        {createdBy.name}
        {note === '' ? null : <div className={classes.facts}>{note}</div>}
        {one.open && may(leaf.edit) ? (
          <div>
            <Button
              variant="default"
              size="compact-xs"
              aria-label={t('billing.oneOffs.editOf', { what: name })}
              onClick={onEdit}
            >
              {t('billing.oneOffs.edit')}
            </Button>{' '}
            <Button
              variant="default"
              size="compact-xs"
              disabled={busy}
              aria-label={t('billing.oneOffs.removeOf', { what: name })}
              onClick={onRemove}
            >
              {t('billing.oneOffs.remove')}
            </Button>
          </div>
        ) : null}
      </td>
    </tr>
  )
}

function Where({ invoice }: { readonly invoice: NonNullable<OneOff['invoice']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const state = useInvoiceStates()[invoice.state]
  const href = useHref(
    `/billing/invoices?${new URLSearchParams({ month: invoice.period, invoice: invoice.id })}`,
  )
  const month = format.month(invoice.period)
  return (
    <a href={href}>
      {invoice.number === null
        ? t('billing.oneOffs.onState', { month, state: state.label })
        : t('billing.oneOffs.onInvoice', { number: invoice.number })}
    </a>
  )
}
