import { Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { CustomerSelect } from '../payments/customer-select.tsx'
import classes from './dunning.module.css'
import { StepsAhead } from './steps-ahead.tsx'
import { holdWords } from './words.ts'

const { dunning, customer: customers } = contract.billing
const NOBODY = '00000000-0000-7000-8000-000000000000'

/** What would happen to a customer: the dated steps to come of each open invoice, by a campaign of choice. */
export function Simulator() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const customerId = params.get('customer')
  const [campaignId, setCampaignId] = useState('')
  const customer = useCoreQuery(
    customers.get,
    { customerId: customerId ?? NOBODY },
    { enabled: customerId !== null },
  )
  const campaigns = useCoreQuery(dunning.campaigns, {})
  const terms = campaigns.data?.campaigns.find(one => one.id === campaignId)?.terms
  const simulated = useCoreQuery(
    dunning.simulate,
    { customerId: customerId ?? NOBODY, ...(terms ? { terms } : {}) },
    { enabled: customerId !== null },
  )
  if (customerId !== null && !customer.data && !customer.error) return <LoadingState rows={3} />
  return (
    <div className={classes.text}>
      <div className={classes.two}>
        <CustomerSelect
          key={customerId}
          autoFocus
          label={t('billing.dunning.customer')}
          value={customer.data ?? null}
          onChange={next => setParams(new URLSearchParams({ show: 'simulator', customer: next.id }))}
        />
        <Select
          label={t('billing.dunning.campaign')}
          allowDeselect={false}
          data={[
            { value: '', label: t('billing.dunning.asItHolds') },
            ...(campaigns.data?.campaigns ?? []).map(one => ({ value: one.id, label: one.name })),
          ]}
          value={campaignId}
          onChange={value => setCampaignId(value ?? '')}
        />
      </div>
      <p>{t('billing.dunning.assumes')}</p>
      {customerId === null ? (
        <EmptyState title={t('billing.dunning.chooseCustomer')} />
      ) : simulated.error ? (
        <ErrorState error={simulated.error} onRetry={() => void simulated.refetch()} />
      ) : !simulated.data ? (
        <LoadingState rows={4} />
      ) : simulated.data.invoices.length === 0 ? (
        <EmptyState title={t('billing.dunning.owesNothing')} />
      ) : (
        simulated.data.invoices.map(one => (
          <Section
            key={one.invoiceId}
            title={one.number}
            aside={<Money minor={one.open - one.disputed} currency={one.currency} />}
          >
            {one.hold ? <p>{holdWords(t, one.hold)}</p> : null}
            <StepsAhead ahead={one.ahead} zone={one.zone} />
          </Section>
        ))
      )}
    </div>
  )
}
