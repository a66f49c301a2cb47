import { Checkbox, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { DebitCandidate } from '#shared/contract/billing/sepa.ts'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'

const { debit: leaf, bank } = contract.billing

/** Chooses the invoices of a file of direct debits, and makes it. */
export function CollectDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const toasts = useToasts()
  const create = useCommand(leaf.create)
  const [day, setDay] = useState<string | null>(null)
  const [picked, setPicked] = useState<string | null>(null)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const query = useCoreQuery(leaf.propose, day === null ? {} : { collectOn: day })
  const accounts = (useCoreQuery(bank.accounts, {}).data?.accounts ?? []).filter(
    one => one.active && one.currency === 'EUR' && one.creditorId !== '',
  )
  const account = picked ?? accounts[0]?.id ?? null
  const all = query.data?.candidates ?? []
  const chosen = all.filter(one => one.fault === null && !left.has(one.invoiceId))
  const amount = chosen.reduce((sum, one) => sum + one.amount, 0n)
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="lg"
      title={t('billing.sepa.newTitle')}
      submit={t('billing.sepa.create')}
      ready={account !== null && chosen.length > 0 && query.data !== undefined}
      onSubmit={async () => {
        if (account === null || !query.data) return
        const made = await create.run({
          ...{ accountId: account, collectOn: query.data.collectOn },
          invoiceIds: chosen.map(one => one.invoiceId),
        })
        toasts.show({ text: t('billing.sepa.created', { name: made.fileName }), tone: 'ok' })
        go(`/billing/payments?debit=${made.id}`)
      }}
    >
      {accounts.length === 0 ? (
        <p>{t('billing.sepa.noAccount')}</p>
      ) : (
        <div className={catalogue.two}>
          <Select
            label={t('billing.sepa.account')}
            allowDeselect={false}
            data={accounts.map(one => ({ value: one.id, label: one.name }))}
            value={account}
            onChange={setPicked}
          />
          <TextInput
            data-autofocus
            type="date"
            label={t('billing.sepa.collectOn')}
            value={day ?? query.data?.collectOn ?? ''}
            onChange={event => setDay(event.currentTarget.value || null)}
          />
        </div>
      )}
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => setDay(null)} />
      ) : !query.data ? (
        <LoadingState rows={4} />
      ) : all.length === 0 ? (
        <p>{t('billing.sepa.nothing')}</p>
      ) : (
        <>
          <p>
            {t('billing.sepa.earliest', {
              day: format.day(query.data.earliest),
              notice: format.day(query.data.notifyBy),
            })}
          </p>
          <Candidates
            all={all}
            left={left}
            onToggle={invoiceId =>
              setLeft(before => {
                const next = new Set(before)
                if (!next.delete(invoiceId)) next.add(invoiceId)
                return next
              })
            }
          />
          <p>
            {t('billing.sepa.chosen', {
              count: chosen.length,
              amount: format.money(amount, 'EUR').figure,
            })}
          </p>
        </>
      )}
    </FormDialog>
  )
}

function Candidates(props: {
  readonly all: readonly DebitCandidate[]
  readonly left: ReadonlySet<string>
  readonly onToggle: (invoiceId: string) => void
}) {
  const { all, left, onToggle } = props
  const { t } = useTranslation()
  return (
    <table className={catalogue.table} aria-label={t('billing.sepa.candidates')}>
      <tbody>
        {all.map(one => (
          <tr key={one.invoiceId}>
            <td>
              <Checkbox
                aria-label={t('billing.sepa.choose', { number: one.number })}
                disabled={one.fault !== null}
                checked={one.fault === null && !left.has(one.invoiceId)}
                onChange={() => onToggle(one.invoiceId)}
              />
            </td>
            <td>
              {one.number}
              <div className={catalogue.facts}>{one.customer}</div>
            </td>
            <td>{one.fault === null ? one.mandate : t(`billing.sepa.fault.${one.fault}`)}</td>
            <td data-align="end">
              <Money minor={one.amount} currency="EUR" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
