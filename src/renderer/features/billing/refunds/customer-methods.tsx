import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { PaymentMethodRow } from '#shared/contract/billing/payment-methods.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'
import { MethodDialog } from './method-dialog.tsx'
import { RefundDialog } from './refund-dialog.tsx'

const { paymentMethod: leaf, refund, correction } = contract.billing

/** How a customer pays, and what can be paid out to them. */
export function CustomerMethods({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(leaf.list, { customerId: customer.id })
  const [adding, setAdding] = useState(false)
  const mayAdd = may(leaf.add)
  useActions(
    useMemo(
      () => [
        bindAction(
          defineAction(leaf.add, {
            label: () => t('billing.refunds.addMethod'),
            key: 'shift+w',
            icon: IconPlus,
            when: () => mayAdd,
            run: () => setAdding(true),
          }),
          undefined,
        ),
      ],
      [t, mayAdd],
    ),
  )
  const methods = query.data?.methods
  return (
    <Section
      title={t('billing.refunds.methods')}
      aside={
        mayAdd ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            rightSection={<KeyHint keys="shift+w" />}
            onClick={() => setAdding(true)}
          >
            {t('billing.refunds.addMethod')}
          </Button>
        ) : null
      }
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !methods ? (
        <LoadingState rows={1} />
      ) : methods.length === 0 ? (
        <p className={classes.facts}>{t('billing.refunds.noMethods')}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.refunds.methods')}>
          <tbody>
            {methods.map(one => (
              <MethodLine key={one.id} one={one} />
            ))}
          </tbody>
        </table>
      )}
      <Balances customer={customer} />
      {adding ? <MethodDialog customer={customer} onClose={() => setAdding(false)} /> : null}
    </Section>
  )
}

/** A method in words: what it is, and the end of its number. */
export function useMethodName(): (one: PaymentMethodRow) => string {
  const { t } = useTranslation()
  return ({ kind, brand, last4 }) =>
    [brand || t(`billing.refunds.kind.${kind}`), last4 === '' ? '' : `•••• ${last4}`]
      .filter(Boolean)
      .join(' ')
}

const SMALL = { variant: 'default', size: 'compact-xs' } as const

function MethodLine({ one }: { readonly one: PaymentMethodRow }) {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const remove = useCommand(leaf.remove)
  const makeDefault = useCommand(leaf.setDefault)
  const name = useMethodName()(one)
  const busy = remove.running || makeDefault.running
  const run = (work: (commandId: string) => Promise<unknown>, words: string) => {
    const commandId = newCommandId()
    work(commandId).then(
      () => said(words, commandId),
      error => toasts.fail(error),
    )
  }
  return (
    <tr>
      <td>
        {name}
        <div className={classes.facts}>
          {[
            t(`billing.refunds.kind.${one.kind}`),
            one.holder,
            one.expires ?? '',
            one.provider === 'manual' ? '' : t('billing.refunds.carriedBy', { provider: one.provider }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
        <div>
          {one.isDefault || !one.usable || !may(leaf.setDefault) ? null : (
            <Button
              {...SMALL}
              disabled={busy}
              aria-label={t('billing.refunds.makeDefaultOf', { name })}
              onClick={() =>
                run(
                  id => makeDefault.run({ customerId: one.customerId, methodId: one.id }, id),
                  t('billing.refunds.madeDefault', { name }),
                )
              }
            >
              {t('billing.refunds.makeDefault')}
            </Button>
          )}{' '}
          {may(leaf.remove) && one.kind !== 'sepa-mandate' ? (
            <Button
              {...SMALL}
              disabled={busy}
              aria-label={t('billing.refunds.removeOf', { name })}
              onClick={() =>
                run(id => remove.run({ methodId: one.id }, id), t('billing.refunds.removed', { name }))
              }
            >
              {t('billing.refunds.remove')}
            </Button>
          ) : null}
        </div>
      </td>
      <td data-align="end">
        {one.isDefault ? <StatusBadge tone="ok" label={t('billing.refunds.default')} /> : null}
        {one.usable ? null : <StatusBadge tone="critical" label={t('billing.refunds.expired')} />}
      </td>
    </tr>
  )
}

/** What a customer has in their favour, with the way out of it. */
function Balances({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(correction.balance, { customerId: customer.id })
  const [paid, setPaid] = useState<{ currency: string; amount: bigint } | null>(null)
  const balances = (query.data?.balances ?? []).filter(one => one.amount > 0n)
  if (balances.length === 0) return null
  return (
    <>
      <table className={classes.table} aria-label={t('billing.corrections.list.balance')}>
        <tbody>
          {balances.map(one => (
            <tr key={one.currency}>
              <td>{t('billing.corrections.list.balance')}</td>
              <td data-align="end">
                <Money minor={one.amount} currency={one.currency} />
              </td>
              <td data-align="end">
                {may(refund.request) ? (
                  <Button {...SMALL} onClick={() => setPaid(one)}>
                    {t('billing.refunds.ofBalance')}
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {paid ? (
        <RefundDialog
          from={{ kind: 'balance', customerId: customer.id, currency: paid.currency }}
          customer={customer.name}
          currency={paid.currency}
          left={paid.amount}
          onClose={() => setPaid(null)}
        />
      ) : null}
    </>
  )
}
