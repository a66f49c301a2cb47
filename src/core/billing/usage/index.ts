import { recordUsage } from './record.ts'

export function usageHandlers() {
  return { record: recordUsage() }
}
