import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { TaxCertificate } from '#shared/contract/billing/tax.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'
import { placeText, rateText } from './basis.tsx'
import { CertificateDialog, FoundDialog, OwnDialog } from './customer-dialogs.tsx'
import { VatNumber } from './vat-number.tsx'

const { tax: leaf } = contract.billing

/** What of a customer decides its tax: VAT number, exemptions, and what it would pay today. */
export function CustomerTaxPart({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const today = dayOf(useNow(), format.zone)
  const query = useCoreQuery(leaf.customer, { customerId: customer.id })
  const decided = useCoreQuery(leaf.decide, { customerId: customer.id, category: 'standard', day: today })
  const [asked, setAsked] = useState<'own' | 'found' | 'certificate' | null>(null)
  const toasts = useToasts()
  const { run: askVies, running: asking } = useCommand(leaf.askVat)
  const close = () => setAsked(null)
  const { data } = query
  return (
    <Section
      title={t('billing.tax.own.title')}
      aside={
        data && may(leaf.setCustomer) ? (
          <Button variant="default" size="compact-sm" onClick={() => setAsked('own')}>
            {t('billing.tax.own.edit')}
          </Button>
        ) : null
      }
    >
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {!data ? (
        query.error ? null : (
          <LoadingState rows={4} />
        )
      ) : (
        <>
          <Fields
            fields={[
              [t('billing.tax.own.kind'), t(`billing.tax.own.kinds.${data.kind}`)],
              [t('billing.entities.own'), data.entity?.name ?? t('billing.entities.ownSettings')],
              [t('billing.tax.region'), data.region === '' ? '–' : data.region],
              [t('billing.tax.own.number'), <VatNumber key="vat" tax={data} customer={customer} />],
              [
                t('billing.tax.own.today'),
                decided.data ? (
                  <>
                    {rateText(decided.data.rate, format.decimal)} ·{' '}
                    {t(`billing.tax.kinds.${decided.data.basis.kind}`)}
                    <div className={classes.facts}>
                      {t(`billing.tax.reasons.${decided.data.basis.reason}`)}
                    </div>
                  </>
                ) : (
                  '–'
                ),
              ],
            ]}
          />
          <p className={classes.buttons}>
            {data.service === 'ready' && may(leaf.askVat) ? (
              <Button
                variant="default"
                size="compact-sm"
                disabled={asking || data.question?.state === 'asking'}
                onClick={async () => {
                  await askVies({ customerId: customer.id })
                  toasts.show({ text: t('billing.tax.own.asked', { number: data.vat.number }) })
                }}
              >
                {t('billing.tax.own.ask')}
              </Button>
            ) : null}
            {data.vat.state !== 'none' && data.vat.state !== 'bad-form' && may(leaf.noteVatCheck) ? (
              <Button variant="default" size="compact-sm" onClick={() => setAsked('found')}>
                {t('billing.tax.own.hand')}
              </Button>
            ) : null}
            {may(leaf.addCertificate) ? (
              <Button variant="default" size="compact-sm" onClick={() => setAsked('certificate')}>
                {t('billing.tax.own.addCertificate')}
              </Button>
            ) : null}
          </p>
          <Certificates all={data.certificates} today={today} />
        </>
      )}
      {asked === 'own' && data ? <OwnDialog customer={customer} tax={data} onClose={close} /> : null}
      {asked === 'found' && data ? (
        <FoundDialog customerId={customer.id} number={data.vat.number} onClose={close} />
      ) : null}
      {asked === 'certificate' ? <CertificateDialog customer={customer} onClose={close} /> : null}
    </Section>
  )
}

function Certificates({ all, today }: { readonly all: readonly TaxCertificate[]; readonly today: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const said = useSaidWithUndo()
  const { run, running } = useCommand(leaf.endCertificate)
  if (all.length === 0) return <p className={classes.facts}>{t('billing.tax.own.noCertificates')}</p>
  const end = async ({ id, number }: TaxCertificate) => {
    const commandId = newCommandId()
    await run({ certificateId: id, validUntil: today }, commandId)
    said(t('billing.tax.own.ended', { number }), commandId)
  }
  return (
    <table className={classes.table} aria-label={t('billing.tax.own.certificates')}>
      <tbody>
        {all.map(one => (
          <tr key={one.id}>
            <td>
              {one.number}
              <div className={classes.facts}>{one.reason}</div>
            </td>
            <td>{placeText(one) || t('billing.tax.own.certificateAny')}</td>
            <td>
              {format.day(one.validFrom)} – {one.validUntil === null ? '' : format.day(one.validUntil)}
            </td>
            <td data-align="end">
              {one.validUntil === null && one.validFrom <= today && may(leaf.endCertificate) ? (
                <Button
                  variant="default"
                  size="compact-sm"
                  disabled={running}
                  aria-label={t('billing.tax.own.endOf', { number: one.number })}
                  onClick={() => void end(one)}
                >
                  {t('billing.tax.own.end')}
                </Button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
