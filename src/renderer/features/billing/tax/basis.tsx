import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Fields } from '#renderer/ui/page/page.tsx'
import type { TaxBasis } from '#shared/contract/billing/tax-facts.ts'
import catalogue from '../catalogue.module.css'
import { percentOf } from '../percent.ts'

/** A rate in per cent, with its sign. */
export function rateText(rate: string, decimal: (text: string) => string): string {
  return `${decimal(percentOf(rate))}\u202f%`
}

/** A place of taxation: the country with its part. */
export function placeText({ country, region }: Pick<TaxBasis, 'country' | 'region'>): string {
  return [country, region].filter(part => part !== null && part !== '').join('-')
}

/** Why something has its rate of tax, in words and with its source. */
export function TaxWhy({ rate, basis }: { readonly rate: string; readonly basis: TaxBasis }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { kind, code, reason, source, note, exemption, vatNumber, category, inclusive } = basis
  const fields: [string, string][] = [
    [t('billing.tax.rate'), rateText(rate, format.decimal)],
    [t('billing.tax.kind'), t(`billing.tax.kinds.${kind}`)],
    [t('billing.tax.whose'), placeText(basis) || t('billing.tax.whoseNobody')],
    [t('billing.tax.category'), category],
    [t('billing.tax.code'), code],
  ]
  if (exemption !== null) fields.push([t('billing.tax.exemption'), exemption])
  if (vatNumber !== null) fields.push([t('billing.tax.vatNumber'), vatNumber])
  if (source !== '') fields.push([t('billing.tax.source'), source])
  if (note !== '') fields.push([t('billing.tax.note'), note])
  return (
    <>
      <p>{t(`billing.tax.reasons.${reason}`)}</p>
      {inclusive ? <p>{t('billing.tax.inPrice')}</p> : null}
      <div className={catalogue.facts}>
        <Fields fields={fields} />
      </div>
    </>
  )
}
