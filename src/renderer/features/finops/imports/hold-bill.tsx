import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { chooseBill, type HeldFile, holdBill } from '#renderer/app/core/files.ts'
import { useCore } from '#renderer/app/core/hooks.ts'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { FileDrop } from '#renderer/ui/input/file-drop.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'

/** Endings that a bill can have. What is inside is found out by reading it. */
const ENDINGS = ['.csv', '.csv.gz', '.tsv', '.txt', '.gz']

/** A place to drop a bill, or to choose one. Goes on to its preview. */
export function HoldBill() {
  const { t } = useTranslation()
  const core = useCore()
  const go = useGo()
  const toasts = useToasts()
  const [arriving, setArriving] = useState<{ name: string; share: number } | null>(null)
  const show = (held: HeldFile) => go(`/finops/bills?file=${encodeURIComponent(held.fileId)}`)
  const take = (file: File) => {
    setArriving({ name: file.name, share: 0 })
    holdBill(core, file, share => setArriving({ name: file.name, share }))
      .then(show, error => toasts.fail(error))
      .finally(() => setArriving(null))
  }
  if (arriving)
    return (
      <Progress label={t('finops.imports.preview.reading')} detail={arriving.name} share={arriving.share} />
    )
  return (
    <FileDrop
      title={t('finops.imports.drop')}
      endings={ENDINGS}
      onFile={take}
      onChoose={
        core.desktop
          ? () => {
              chooseBill(core).then(
                held => held && show(held),
                error => toasts.fail(error),
              )
            }
          : undefined
      }
    />
  )
}
