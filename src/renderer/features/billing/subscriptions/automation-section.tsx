import { IconRobot } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import { AutomationDialog } from './automation-dialog.tsx'

const { automation } = contract.billing

/** Whether and when a customer is billed by itself, with the way to change it. */
export function AutomationSection({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const format = useFormat()
  const { data } = useCoreQuery(automation.get, { customerId })
  const [asked, setAsked] = useState(false)
  const action = useMemo(
    () =>
      defineAction(automation.set, {
        label: () => t('billing.life.automation'),
        key: 'm',
        icon: IconRobot,
        when: () => may(automation.set),
        run: () => setAsked(true),
      }),
    [t, may],
  )
  useActions([bindAction(action, undefined)])
  const yes = (flag: boolean) => t(flag ? 'billing.life.automated.on' : 'billing.life.automated.off')
  return (
    <Section
      title={t('billing.life.automation')}
      aside={<ActionButton action={action} context={undefined} />}
    >
      {data ? (
        <Fields
          fields={[
            [
              t('billing.life.automated.enabled'),
              `${yes(data.automation.enabled)}, ${t(data.own ? 'billing.life.automated.ofCustomer' : 'billing.life.automated.ofAll')}`,
            ],
            ...(data.automation.enabled
              ? ([
                  [
                    t('billing.life.automated.nextLabel'),
                    data.nextAt === null ? '' : format.instant(data.nextAt, 'day'),
                  ],
                  [t('billing.life.automated.includeUsage'), yes(data.automation.includeUsage)],
                  [t('billing.life.automated.autoPayment'), yes(data.automation.autoPayment)],
                  [t('billing.life.automated.sendNotifications'), yes(data.automation.sendNotifications)],
                ] as const)
              : []),
          ]}
        />
      ) : null}
      {asked ? <AutomationDialog customerId={customerId} onClose={() => setAsked(false)} /> : null}
    </Section>
  )
}
