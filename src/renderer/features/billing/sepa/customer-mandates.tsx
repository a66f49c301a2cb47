import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { Mandate } from '#shared/contract/billing/sepa.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'
import { MandateDialog } from './mandate-dialog.tsx'

const { mandate: leaf } = contract.billing
const TONES: Readonly<Record<Mandate['state'], Tone>> = {
  valid: 'ok',
  revoked: 'neutral',
  expired: 'warning',
  used: 'neutral',
}

/** What a customer signed so that money may be taken from their account. */
export function CustomerMandates({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(leaf.list, { customerId: customer.id })
  const [adding, setAdding] = useState(false)
  const mandates = query.data?.mandates
  return (
    <Section
      title={t('billing.sepa.mandates')}
      aside={
        may(leaf.add) ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t('billing.sepa.addMandate')}
          </Button>
        ) : null
      }
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !mandates ? (
        <LoadingState rows={1} />
      ) : mandates.length === 0 ? (
        <p className={classes.facts}>{t('billing.sepa.noMandates')}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.sepa.mandates')}>
          <tbody>
            {mandates.map(one => (
              <MandateLine key={one.id} one={one} />
            ))}
          </tbody>
        </table>
      )}
      {adding ? <MandateDialog customer={customer} onClose={() => setAdding(false)} /> : null}
    </Section>
  )
}

function MandateLine({ one }: { readonly one: Mandate }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const toasts = useToasts()
  const revoke = useCommand(leaf.revoke)
  const { reference, lastUsedOn } = one
  const run = (afterNext: boolean) =>
    revoke.run({ mandateId: one.id, afterNext }).then(
      () =>
        toasts.show({
          text: t(afterNext ? 'billing.sepa.ends' : 'billing.sepa.revoked', { reference }),
          tone: 'ok',
        }),
      error => toasts.fail(error),
    )
  return (
    <tr>
      <td>
        {reference}
        <div className={classes.facts}>
          {[
            t(`billing.sepa.schemes.${one.scheme}`),
            one.iban,
            one.holder,
            lastUsedOn === null
              ? t('billing.sepa.neverUsed')
              : t('billing.sepa.lastUsedOn', { day: format.day(lastUsedOn) }),
            one.ending && one.state === 'valid' ? t('billing.sepa.ending') : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
        {one.state === 'valid' && may(leaf.revoke) ? (
          <div>
            {one.ending || one.kind === 'one-off' ? null : (
              <Button
                variant="default"
                size="compact-xs"
                disabled={revoke.running}
                aria-label={t('billing.sepa.endNextOf', { reference })}
                onClick={() => void run(true)}
              >
                {t('billing.sepa.endNext')}
              </Button>
            )}{' '}
            <Button
              variant="default"
              size="compact-xs"
              disabled={revoke.running}
              aria-label={t('billing.sepa.revokeOf', { reference })}
              onClick={() => void run(false)}
            >
              {t('billing.sepa.revoke')}
            </Button>
          </div>
        ) : null}
      </td>
      <td data-align="end">
        <StatusBadge tone={TONES[one.state]} label={t(`billing.sepa.mandateState.${one.state}`)} />
      </td>
    </tr>
  )
}
