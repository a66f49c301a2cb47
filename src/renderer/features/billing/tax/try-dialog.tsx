import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { Dialog } from '#renderer/ui/overlay/dialog.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { CustomerSelect } from '../payments/customer-select.tsx'
import { TaxWhy } from './basis.tsx'
import { isCategory } from './typed.ts'

/** Asks what a customer would pay on a day for something of a category, and why. */
export function TryDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { zone } = useFormat()
  const now = useNow()
  const [customer, setCustomer] = useState<{ id: string; name: string } | null>(null)
  const [category, setCategory] = useState('standard')
  const [day, setDay] = useState(dayOf(now, zone))
  return (
    <Dialog opened onClose={onClose} title={t('billing.tax.tryTitle')} size="md">
      <CustomerSelect autoFocus value={customer} label={t('billing.tax.customer')} onChange={setCustomer} />
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.tax.category')}
          maxLength={40}
          value={category}
          error={isCategory(category) ? undefined : t('billing.tax.badCategory')}
          onChange={event => setCategory(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.tax.day')}
          value={day}
          onChange={event => setDay(event.currentTarget.value)}
        />
      </div>
      {customer && isCategory(category) && day !== '' ? (
        <Outcome customerId={customer.id} category={category} day={day} />
      ) : null}
    </Dialog>
  )
}

function Outcome(asked: { readonly customerId: string; readonly category: string; readonly day: string }) {
  const query = useCoreQuery(contract.billing.tax.decide, asked)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={4} />
  return (
    <div aria-live="polite">
      <TaxWhy rate={query.data.rate} basis={query.data.basis} />
    </div>
  )
}
