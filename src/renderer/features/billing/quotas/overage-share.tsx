import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'

const { quota: leaf } = contract.billing

/** What usage brought in last month beside fees, of all that was invoiced. */
export function OverageShare() {
  const { t } = useTranslation()
  const format = useFormat()
  const today = new Date(useNow())
  const last = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1, 1))
  const period = last.toISOString().slice(0, 7)
  const { data } = useCoreQuery(leaf.overageShare, { period })
  if (!data) return null
  const parts = data.shares.flatMap(({ currency, share }) =>
    share === null ? [] : [`${currency} ${format.percent(share, 1)}`],
  )
  if (parts.length === 0) return null
  return <>{t('billing.quotas.overageShare', { month: format.month(period), shares: parts.join(', ') })}</>
}
