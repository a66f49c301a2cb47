import { IconCalendarCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { close as leaf } from '#shared/contract/billing/close.ts'

export interface CloseContext {
  readonly label: string
  readonly run: () => void
  readonly may: boolean
}

/** The close itself, from the page of the month and from the report of a dry run. */
export const closeAction = defineAction<CloseContext>(leaf.start, {
  label: ({ label }) => label,
  key: 'mod+enter',
  icon: IconCalendarCheck,
  when: ({ may }) => may,
  run: ({ run }) => run(),
})

/** Starts a close or a dry run of a month, and goes to where it is shown. */
export function useStartClose(month: string) {
  const go = useGo()
  const command = useCommand(leaf.start)
  return {
    running: command.running,
    begin: async (dryRun: boolean) => {
      const { runId } = await command.run({ period: month, dryRun })
      go(`/billing/close?run=${runId}`)
    },
  }
}

/** Asks before a month is closed. */
export function CloseConfirm(props: {
  readonly month: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly onConfirm: () => Promise<void>
}) {
  const { t } = useTranslation()
  const month = useFormat().month(props.month)
  return (
    <Confirm
      opened={props.opened}
      onClose={props.onClose}
      title={t('billing.close.confirm.title', { month })}
      confirm={t('billing.close.close', { month })}
      onConfirm={props.onConfirm}
    >
      <p>{t('billing.close.confirm.text')}</p>
    </Confirm>
  )
}
