import { useCallback, useEffect, useState } from 'react'
import type { HeldFile } from '../core/files.ts'

/**
 * A file that comes in in two steps: what it would bring is asked as soon as it is chosen, then somebody brings it in.
 * @param ask sends the file to the core; another function asks anew what would come in
 */
export function useFileImport<Receipt>(ask: (held: HeldFile, dryRun: boolean) => Promise<Receipt>) {
  const [file, setFile] = useState<HeldFile | null>(null)
  const [receipt, setReceipt] = useState<Receipt | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const run = useCallback(
    async (held: HeldFile, dryRun: boolean) => {
      setBusy(true)
      setError(null)
      try {
        setReceipt(await ask(held, dryRun))
      } catch (failure) {
        setError(failure)
      } finally {
        setBusy(false)
      }
    },
    [ask],
  )
  useEffect(() => {
    if (file) void run(file, true)
  }, [file, run])
  return {
    file,
    receipt,
    busy,
    error,
    choose: setFile,
    bringIn: () => (file ? run(file, false) : undefined),
    /** Another file. */
    again() {
      setFile(null)
      setReceipt(null)
      setError(null)
    },
  }
}
