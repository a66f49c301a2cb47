import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { downloadExport, makeExportPlace } from '#renderer/app/core/files.ts'
import { type InputOf, useCommand, useCore } from '#renderer/app/core/hooks.ts'
import { type Job, useJob } from '#renderer/app/core/use-job.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { finops } from '#shared/contract/finops.ts'

type What = InputOf<typeof finops.costs.export>['what']

/** Exports what is seen: a place for the file, a job that writes it, and the file when it is ready. */
export function useExport(): (format: 'csv' | 'xlsx', name: string, what: What) => Promise<void> {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const command = useCommand(finops.costs.export)
  const [running, setRunning] = useState<{ jobId: string; fileId: string; name: string } | null>(null)
  const onEnd = useCallback(
    (job: Job) => {
      setRunning(null)
      if (!running) return
      if (job.failure) return toasts.fail(job.failure)
      if (job.state !== 'done') {
        toasts.show({ text: t('finops.explorer.exportFailed'), tone: 'warning' })
        return
      }
      const { fileId, name } = running
      downloadExport(core, fileId).then(
        () => toasts.show({ text: t('finops.explorer.exported', { name }) }),
        error => toasts.fail(error),
      )
    },
    [core, running, toasts, t],
  )
  useJob(running?.jobId ?? null, onEnd)
  return useCallback(
    async (format, name, what) => {
      const place = await makeExportPlace(core, `${name}.${format}`)
      if (!place) return
      const { jobId } = await command.run({ fileId: place.fileId, format, what })
      setRunning({ jobId, fileId: place.fileId, name: place.name })
      toasts.show({ text: t('finops.explorer.exporting'), tone: 'info' })
    },
    [core, command, toasts, t],
  )
}
