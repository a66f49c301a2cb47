import { useAddress } from '#renderer/app/address.ts'
import { BillsList } from './bills-list.tsx'
import { BillPreview } from './preview.tsx'
import { Receipt } from './receipt.tsx'
import { RunningBill } from './running.tsx'

export const BILLS_PATH = '/finops/bills'

/**
 * Bills: the list, and the steps of bringing one in. Which step it is stands in the address, so that a reload
 * or a restart goes on where it was.
 */
export function BillsPage() {
  const { params } = useAddress()
  const receipt = params.get('receipt')
  const job = params.get('job')
  const file = params.get('file')
  if (receipt) return <Receipt importId={receipt} />
  if (job) return <RunningBill jobId={job} />
  if (file) return <BillPreview fileId={file} />
  return <BillsList />
}
