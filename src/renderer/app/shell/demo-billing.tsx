import { useTranslation } from 'react-i18next'
import { firstOfMonth } from '#renderer/ui/format/period.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useHref } from '../address.ts'

/** What there is to do in the demo's billing, with the ways there. */
export function DemoBilling(props: {
  readonly openMonth: string
  readonly lateFile: string
  readonly onFollow: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { openMonth, lateFile, onFollow } = props
  const month = format.month(openMonth)
  const before = format.month(firstOfMonth(`${openMonth}-01`, -1).slice(0, 7))
  const things = [
    {
      title: t('workspace.demo.closeTitle', { month }),
      text: t('workspace.demo.closeText'),
      look: t('workspace.demo.closeLook'),
      address: `/billing/close?month=${openMonth}`,
    },
    {
      title: t('workspace.demo.reviewTitle'),
      text: t('workspace.demo.reviewText'),
      look: t('workspace.demo.reviewLook'),
      address: `/billing/invoices?month=${openMonth}`,
    },
    {
      title: t('workspace.demo.lateTitle'),
      text: t('workspace.demo.lateText', { month: before, file: lateFile }),
      look: t('workspace.demo.lateLook'),
      address: '/billing/usage',
    },
  ]
  return (
    <>
      <strong>{t('workspace.demo.billing')}</strong>
      <ul>
        {things.map(({ title, text, look, address }) => (
          <li key={address}>
            <b>{title}</b>
            <p>
              {text} <Way address={address} words={look} onFollow={onFollow} />
            </p>
          </li>
        ))}
      </ul>
    </>
  )
}

function Way(props: { readonly address: string; readonly words: string; readonly onFollow: () => void }) {
  return (
    <a href={useHref(props.address)} onClick={props.onFollow}>
      {props.words}
    </a>
  )
}
