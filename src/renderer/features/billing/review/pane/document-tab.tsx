import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, coreQueryKey, useCore } from '#renderer/app/core/hooks.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { PdfView } from '#renderer/ui/document/pdf-view.tsx'
import { bytesOf, saveFile } from '#renderer/ui/document/save-file.ts'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { Full } from '../types.ts'
import { EInvoicePart } from './e-invoice-part.tsx'
import { MailPart } from './mail-part.tsx'
import classes from './pane.module.css'

/** The document of an invoice as it is stored, or of a draft as it would be. `d` saves it. */
export function DocumentTab({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const core = useCore()
  const { id, state, number, pdf, digest } = invoice
  // Nothing announces a new document; it follows from what the invoice says of itself.
  const { data, error, refetch, isPending } = useQuery({
    queryKey: [...coreQueryKey(leaf.pdf, { invoiceId: id }), { state, pdf, digest }],
    queryFn: ({ signal }) => ask(core, leaf.pdf, { invoiceId: id }, signal),
    gcTime: 60_000,
  })
  const bytes = useMemo(() => (data ? bytesOf(data.base64) : null), [data])
  const save = useMemo(
    () =>
      bytes === null || !data
        ? null
        : bindAction(
            defineAction('ui.billing.review.savePdf', {
              label: () => t('billing.review.document.download'),
              key: 'd',
              icon: IconDownload,
              run: () => saveFile(bytes, data.fileName, 'application/pdf'),
            }),
            undefined,
          ),
    [bytes, data, t],
  )
  useActions([save])
  if ((error as { code?: string } | null)?.code === 'BILLING_PDF_NOT_READY')
    return (
      <div className={classes.document}>
        <MailPart invoice={invoice} />
        <p className={classes.quiet}>{t('billing.review.document.waiting')}</p>
      </div>
    )
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (isPending || !data || !bytes) return <LoadingState rows={8} />
  return (
    <div className={classes.document}>
      <MailPart invoice={invoice} />
      <EInvoicePart invoice={invoice} />
      <div className={classes.documentHead}>
        <span className={classes.quiet}>
          {data.stored
            ? t('billing.review.document.stored', { digest: data.digest })
            : t(`billing.review.document.${number === null ? 'draft' : 'made'}`)}
        </span>
        <Button
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          rightSection={<KeyHint keys="d" />}
          aria-keyshortcuts="D"
          onClick={() => saveFile(bytes, data.fileName, 'application/pdf')}
        >
          {t('billing.review.document.download')}
        </Button>
      </div>
      {data.missing.length > 0 && (
        <p className={classes.quiet}>
          {t('billing.review.document.missing', { characters: data.missing.join(' ') })}
        </p>
      )}
      <PdfView bytes={bytes} label={data.fileName} />
    </div>
  )
}
