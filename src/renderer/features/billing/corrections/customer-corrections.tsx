import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { Fields } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import { BalanceList, CreditNoteList, DisputeList, WriteOffList } from './lists.tsx'
import { correction } from './types.ts'

/** Everything that was corrected of a customer's invoices, and what they have in their favour. */
export function CustomerCorrections({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(correction.list, { customerId, limit: 50 })
  const { data: balance } = useCoreQuery(correction.balance, { customerId })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  const { creditNotes = [], writeOffs = [], disputes = [] } = query.data ?? {}
  const balances = balance?.balances ?? []
  return (
    <>
      {balances.length > 0 ? (
        <Fields
          fields={balances.map(one => [
            t('billing.corrections.list.balance'),
            <Money key={one.currency} minor={one.amount} currency={one.currency} />,
          ])}
        />
      ) : null}
      <BalanceList entries={balance?.entries ?? []} />
      <CreditNoteList notes={creditNotes} invoices />
      <WriteOffList rows={writeOffs} invoices />
      <DisputeList rows={disputes} invoices />
    </>
  )
}
