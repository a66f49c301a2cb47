import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Full } from '../types.ts'

const UNDECIDED: ReadonlySet<string> = new Set(['draft', 'held', 'approved'])

/** Below the total of an invoice that is not issued: what the customer has in their favour will pay of it. */
export function InFavour({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const { data } = useCoreQuery(
    contract.billing.invoice.balance,
    { invoiceId: invoice.id },
    { enabled: UNDECIDED.has(invoice.state) },
  )
  if (UNDECIDED.has(invoice.state) && invoice.total < 0n)
    return (
      <tr data-sum="credited">
        <th scope="row" colSpan={2}>
          {t('billing.review.pane.inFavour.credited')}
        </th>
        <td data-figure>
          <Money minor={-invoice.total} currency={invoice.currency} code={false} />
        </td>
      </tr>
    )
  if (!data || data.balance + data.wallets + data.payments === 0n) return null
  const rows = [
    ['balance', -data.balance],
    ['wallets', -data.wallets],
    ['payments', -data.payments],
    ['rest', data.rest],
  ] as const
  return rows.map(([what, amount]) =>
    what !== 'rest' && amount === 0n ? null : (
      <tr key={what} data-sum={what}>
        <th scope="row" colSpan={2}>
          {t(`billing.review.pane.inFavour.${what}`)}
        </th>
        <td data-figure>
          <Money minor={amount} currency={invoice.currency} code={false} />
        </td>
      </tr>
    ),
  )
}
