import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import type { Contract } from '#shared/contract/billing/contracts.ts'
import { contract as leaves } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { shortInstant } from '../subscriptions/timeline.tsx'
import type { CustomerShown } from '../words.ts'
import { ContractDialog } from './contract-dialog.tsx'
import { agreedText, CONTRACTS_PATH, TONES } from './words.ts'

const { contract: leaf } = leaves.billing

/** The contracts with a customer, the newest first. */
export function CustomerContracts({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(leaf.list, { customerId: customer.id })
  const [adding, setAdding] = useState(false)
  const all = query.data?.contracts ?? []
  return (
    <Section
      title={t('billing.contracts.own.title')}
      aside={
        may(leaf.create) ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t('billing.contracts.add')}
          </Button>
        ) : null
      }
    >
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && all.length === 0 ? (
        <p className={classes.facts}>{t('billing.contracts.own.none')}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.contracts.own.title')}>
          <tbody>
            {all.map(one => (
              <Row key={one.id} contract={one} />
            ))}
          </tbody>
        </table>
      )}
      {adding ? (
        <ContractDialog contract={null} customer={customer} onClose={() => setAdding(false)} />
      ) : null}
    </Section>
  )
}

function Row({ contract }: { readonly contract: Contract }) {
  const { t } = useTranslation()
  const format = useFormat()
  const href = useHref(`${CONTRACTS_PATH}?contract=${contract.id}`)
  const { number, name, standing, from, termEnds, zone } = contract
  const day = (at: bigint) => shortInstant(at, zone, format.dateStyle)
  return (
    <tr>
      <td>
        <a href={href} aria-label={t('billing.contracts.own.show', { number })}>
          {number}
        </a>
        <div className={classes.facts}>{name}</div>
      </td>
      <td>
        {agreedText(contract, t, format) || '–'}
        <div className={classes.facts}>{contract.plan ?? t('billing.contracts.all')}</div>
      </td>
      <td>
        <StatusBadge tone={TONES[standing]} label={t(`billing.contracts.states.${standing}`)} />
        <div className={classes.facts}>
          {day(from)} – {termEnds === null ? t('billing.contracts.open') : day(termEnds)}
        </div>
      </td>
    </tr>
  )
}
