import { useAddress } from '#renderer/app/address.ts'
import { ClosePageBody } from './close-body.tsx'
import { RunReport } from './run-report.tsx'

/**
 * Closing a month: how ready it is, a dry run, the close. A run is shown under its own address, so that it can
 * be come back to, from the list of earlier ones or after a restart.
 */
export function ClosePage() {
  const { params } = useAddress()
  const run = params.get('run')
  return run === null ? <ClosePageBody /> : <RunReport runId={run} />
}
