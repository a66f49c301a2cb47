import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { approvals as leaf } from '#shared/contract/workspace/approvals.ts'

/** How many requests wait for the acting person; nothing where none does. */
export function ApprovalsBadge() {
  const { t } = useTranslation()
  const { data } = useCoreQuery(leaf.count, {})
  const mine = data?.mine ?? 0
  if (mine === 0) return null
  return <span title={t('workspace.approvals.mine', { count: mine })}>{mine}</span>
}
