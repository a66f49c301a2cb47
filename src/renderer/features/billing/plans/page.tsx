import { useAddress } from '#renderer/app/address.ts'
import { MigrationPage } from './migration-page.tsx'
import { PlanPage } from './plan-page.tsx'
import { PlansList } from './plans-list.tsx'
import { VersionEditorPage } from './version-editor.tsx'

/** Plans: the list, one of them, or its next version in the making. Which it is stands in the address. */
export function PlansPage() {
  const { params } = useAddress()
  const plan = params.get('plan')
  if (plan === null) return <PlansList />
  if (params.has('edit')) return <VersionEditorPage key={plan} planId={plan} />
  if (params.has('move')) return <MigrationPage key={plan} planId={plan} />
  return <PlanPage key={plan} planId={plan} />
}
