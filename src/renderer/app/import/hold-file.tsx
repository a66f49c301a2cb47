import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { FileDrop } from '#renderer/ui/input/file-drop.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { chooseBill, type HeldFile, holdBill } from '../core/files.ts'
import { useCore } from '../core/hooks.ts'

export interface HoldFileProps {
  /** What is to be dropped, such as `Drop a bill here`. */
  readonly title: string
  /** Endings that such a file can have. What is inside is found out by reading it. */
  readonly endings: readonly string[]
  readonly onHeld: (held: HeldFile) => void
}

/** A place to drop a file that is to come in, or to choose one; gives it to the host. */
export function HoldFile({ title, endings, onHeld }: HoldFileProps) {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const [arriving, setArriving] = useState<{ name: string; share: number } | null>(null)
  const take = (file: File) => {
    setArriving({ name: file.name, share: 0 })
    holdBill(core, file, share => setArriving({ name: file.name, share }))
      .then(onHeld, error => toasts.fail(error))
      .finally(() => setArriving(null))
  }
  if (arriving)
    return <Progress label={t('shell.import.reading')} detail={arriving.name} share={arriving.share} />
  return (
    <FileDrop
      title={title}
      endings={endings}
      onFile={take}
      onChoose={
        core.desktop
          ? () => {
              chooseBill(core).then(
                held => held && onHeld(held),
                error => toasts.fail(error),
              )
            }
          : undefined
      }
    />
  )
}
