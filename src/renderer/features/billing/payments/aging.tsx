import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { InAll } from '../exchange/in-all.tsx'
import classes from './payments.module.css'

const AGES = ['notDue', 'days30', 'days60', 'days90', 'older'] as const

/** What customers owe, or one of them, by how long it is overdue, a line for each currency. */
export function AgingAnswer({ customerId }: { readonly customerId?: string | undefined }) {
  const { t } = useTranslation()
  const query = useCoreQuery(contract.billing.payment.aging, customerId === undefined ? {} : { customerId })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  const currencies = query.data?.currencies ?? []
  // Beside the account of one customer, nothing more is to be said.
  if (currencies.length === 0 && customerId !== undefined) return null
  if (currencies.length === 0)
    return <p className={classes.nothing}>{query.data ? t('billing.payments.nothingOpen') : ' '}</p>
  return (
    <div className={classes.aging}>
      <table aria-label={t('billing.payments.aging')}>
        <thead>
          <tr>
            <th>{t('billing.payments.currency')}</th>
            <th>{t('billing.payments.owed')}</th>
            {AGES.map(age => (
              <th key={age}>{t(`billing.payments.age.${age}`)}</th>
            ))}
            <th>{t('billing.payments.onAccount')}</th>
          </tr>
        </thead>
        <tbody>
          {currencies.map(row => (
            <tr key={row.currency}>
              <th scope="row">{row.currency}</th>
              <td data-strong="true">
                <Money minor={row.total} currency={row.currency} code={false} />
              </td>
              {AGES.map(age => (
                <td key={age} data-age={row[age] > 0n ? age : undefined}>
                  <Money minor={row[age]} currency={row.currency} code={false} />
                </td>
              ))}
              <td>
                <Money minor={row.onAccount} currency={row.currency} code={false} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <InAll amounts={currencies.map(row => ({ currency: row.currency, amount: row.total }))} />
    </div>
  )
}
