import { useAddress } from '#renderer/app/address.ts'
import { UsagePreview } from './preview.tsx'
import { UsageReceipt } from './receipt.tsx'
import { RunningUsage } from './running.tsx'
import { UsageList } from './usage-list.tsx'

export const USAGE_PATH = '/billing/usage'

/**
 * Usage that comes in by file: the list, and the steps of bringing one in. Which step it is stands in the
 * address, so that a reload or a restart goes on where it was.
 */
export function UsagePage() {
  const { params } = useAddress()
  const receipt = params.get('receipt')
  const job = params.get('job')
  const file = params.get('file')
  if (receipt) return <UsageReceipt importId={receipt} />
  if (job) return <RunningUsage jobId={job} />
  if (file) return <UsagePreview fileId={file} />
  return <UsageList />
}
