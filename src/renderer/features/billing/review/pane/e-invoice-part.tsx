import { Button, Select } from '@mantine/core'
import { IconFileCode } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { bytesOf, saveFile } from '#renderer/ui/document/save-file.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EInvoiceFormat } from '#shared/contract/billing/e-invoices.ts'
import { contract } from '#shared/contract/index.ts'
import type { Full } from '../types.ts'
import classes from './pane.module.css'

const leaf = contract.billing.invoice
const FORMATS = EInvoiceFormat.options

/** The electronic invoice: what goes out, what is missing for it, and saving it in any format. */
export function EInvoicePart({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const { data } = useCoreQuery(leaf.eInvoiceState, { invoiceId: invoice.id })
  const [chosen, setChosen] = useState<EInvoiceFormat | null>(null)
  const [busy, setBusy] = useState(false)
  if (!data) return null
  const format = chosen ?? data.format ?? 'ubl'
  const problems = data.problems[format]
  const goesOut = data.format !== null && data.problems[data.format].length === 0
  const save = async () => {
    setBusy(true)
    try {
      const file = await ask(core, leaf.eInvoice, { invoiceId: invoice.id, format })
      saveFile(bytesOf(file.base64), file.fileName, file.mediaType)
    } catch (error) {
      toasts.fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section aria-label={t('billing.eInvoice.title')}>
      <div className={classes.documentHead}>
        <span className={classes.quiet}>
          {data.format === null
            ? t(data.issued ? 'billing.eInvoice.wentWithout' : 'billing.eInvoice.goesWithout')
            : t(
                !goesOut
                  ? 'billing.eInvoice.lacking'
                  : data.issued
                    ? 'billing.eInvoice.went'
                    : 'billing.eInvoice.goes',
                { format: t(`billing.eInvoice.format.${data.format}`) },
              )}
        </span>
        <span className={classes.documentHead}>
          <Select
            size="xs"
            w={170}
            allowDeselect={false}
            aria-label={t('billing.eInvoice.formatName')}
            data={FORMATS.map(value => ({ value, label: t(`billing.eInvoice.format.${value}`) }))}
            value={format}
            onChange={value => setChosen(FORMATS.find(one => one === value) ?? 'ubl')}
          />
          <Button
            size="compact-sm"
            variant="default"
            loading={busy}
            disabled={!data.issued || problems.length > 0}
            leftSection={<IconFileCode size={14} aria-hidden="true" />}
            onClick={() => void save()}
          >
            {t('billing.eInvoice.save')}
          </Button>
        </span>
      </div>
      {problems.length > 0 ? (
        <>
          <p className={classes.quiet}>
            {t('billing.eInvoice.missing', { format: t(`billing.eInvoice.format.${format}`) })}
          </p>
          <ul className={classes.quiet}>
            {problems.map(problem => (
              <li key={problem}>{t(`billing.eInvoice.problem.${problem}`)}</li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  )
}
