import { IconBan, IconCheck, IconPencil, IconPlayerStop, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '#renderer/app/shell/session.ts'
import { type Action, bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import type { Contract } from '#shared/contract/billing/contracts.ts'
import { contract as leaves } from '#shared/contract/index.ts'

const { contract: leaf } = leaves.billing

/** What can be done with a contract. */
export type Deed = 'change' | 'activate' | 'end' | 'goOn' | 'terminate' | 'remove'

/** The actions of a contract, each of which opens its dialog. */
export function useDeeds(open: (deed: Deed, contract: Contract) => void) {
  const { t } = useTranslation()
  const may = useMay()
  return useMemo(() => {
    const holds = ({ standing }: Contract) => standing === 'active' || standing === 'upcoming'
    const isDraft = ({ standing }: Contract) => standing === 'draft'
    const to = (deed: Deed) => (contract: Contract) => open(deed, contract)
    const actions: Action<Contract>[] = [
      defineAction<Contract>(leaf.change, {
        label: one => t(isDraft(one) ? 'billing.contracts.edit' : 'billing.contracts.amend'),
        key: 'e',
        icon: IconPencil,
        when: one => one.terminatedAt === null && may(leaf.change),
        run: to('change'),
      }),
      defineAction<Contract>(leaf.activate, {
        label: () => t('billing.contracts.activate'),
        key: 'a',
        icon: IconCheck,
        when: one => isDraft(one) && one.approvalId === null && may(leaf.activate),
        run: to('activate'),
      }),
      defineAction<Contract>(leaf.setRenewal, {
        label: () => t('billing.contracts.end'),
        key: 'u',
        icon: IconPlayerStop,
        when: one => holds(one) && one.renewMonths !== null && may(leaf.setRenewal),
        run: to('end'),
      }),
      defineAction<Contract>('ui.billing.contracts.goOn', {
        label: () => t('billing.contracts.goOn'),
        key: 'r',
        icon: IconRefresh,
        when: one => holds(one) && one.renewMonths === null && one.until !== null && may(leaf.setRenewal),
        run: to('goOn'),
      }),
      defineAction<Contract>(leaf.terminate, {
        label: () => t('billing.contracts.terminate'),
        key: 'x',
        icon: IconBan,
        when: one => holds(one) && one.terminatedAt === null && may(leaf.terminate),
        run: to('terminate'),
      }),
      defineAction<Contract>(leaf.remove, {
        label: () => t('billing.contracts.remove'),
        key: 'shift+x',
        icon: IconTrash,
        when: one => isDraft(one) && may(leaf.remove),
        run: to('remove'),
      }),
    ]
    return { actions, of: (contract: Contract) => actions.map(action => bindAction(action, contract)) }
  }, [t, may, open])
}
