import { Anchor, Textarea } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import classes from '#renderer/features/workspace/workspace.module.css'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { period as leaf } from './types.ts'

interface LockContext {
  readonly label: string
  readonly run: () => void
}

const lockAction = defineAction<LockContext>(leaf.lock, {
  label: ({ label }) => label,
  key: 'l',
  icon: IconLock,
  run: ({ run }) => run(),
})
const reopenAction = defineAction<LockContext>(leaf.reopen, {
  label: ({ label }) => label,
  key: 'shift+l',
  icon: IconLockOpen,
  run: ({ run }) => run(),
})

/** Whether a month is locked, who locked it, who opened it again and why; and what can be done about it. */
export function MonthLock({ month, over }: { readonly month: string; readonly over: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const toasts = useToasts()
  const { data } = useCoreQuery(leaf.get, { period: month })
  const lock = useCommand(leaf.lock)
  const reopen = useCommand(leaf.reopen)
  const [asked, setAsked] = useState<'lock' | 'reopen' | null>(null)
  const [reason, setReason] = useState('')
  const request = useHref(`/workspace/approvals?approval=${data?.approvalId ?? ''}`)
  if (!data || !over) return null
  const name = { month: format.month(month) }
  return (
    <Section title={t('billing.corrections.period.lock').replace('…', '')}>
      <p>
        {data.locked ? (
          <>
            <StatusBadge tone="ok" label={t('billing.corrections.period.locked', name)} />{' '}
            {t('billing.corrections.period.lockedBy', { name: data.lockedBy?.name ?? '' })}{' '}
            <When at={data.lockedAt ?? 0n} />
          </>
        ) : (
          <>
            <StatusBadge tone="neutral" label={t('billing.corrections.period.open', name)} />{' '}
            {data.undecided > 0
              ? t('billing.corrections.period.undecided', { count: data.undecided })
              : t('billing.corrections.period.openText')}
          </>
        )}
      </p>
      {data.reopened.map(one => (
        <p key={String(one.at)} className={classes.dim}>
          {t('billing.corrections.period.reopened', { name: one.by.name, reason: one.reason })}{' '}
          <When at={one.at} />
        </p>
      ))}
      {data.approvalId !== null ? (
        <div className={classes.notice}>
          {t('billing.corrections.period.waits')}{' '}
          <Anchor href={request}>{t('billing.corrections.showRequest')}</Anchor>
        </div>
      ) : data.locked && may(leaf.reopen) ? (
        <OfferedButton
          action={reopenAction}
          context={{ label: t('billing.corrections.period.reopen'), run: () => setAsked('reopen') }}
        />
      ) : !data.locked && may(leaf.lock) ? (
        <OfferedButton
          action={lockAction}
          disabled={data.undecided > 0}
          context={{ label: t('billing.corrections.period.lock'), run: () => setAsked('lock') }}
        />
      ) : null}
      <Confirm
        opened={asked === 'lock'}
        onClose={() => setAsked(null)}
        title={t('billing.corrections.period.lockTitle', name)}
        confirm={t('billing.corrections.period.lock').replace('…', '')}
        onConfirm={async () => {
          await lock.run({ period: month })
          toasts.show({ text: t('billing.corrections.period.did', name), tone: 'ok' })
        }}
      >
        <p>{t('billing.corrections.period.lockText')}</p>
      </Confirm>
      <FormDialog
        opened={asked === 'reopen'}
        onClose={() => setAsked(null)}
        title={t('billing.corrections.period.reopenTitle', name)}
        submit={t('billing.corrections.credit.ask')}
        ready={reason.trim() !== ''}
        onSubmit={async () => {
          await reopen.run({ period: month, reason: reason.trim() })
          setReason('')
          toasts.show({ text: t('billing.corrections.period.asked', name), tone: 'info' })
        }}
      >
        <p>{t('billing.corrections.period.reopenText')}</p>
        <Textarea
          data-autofocus
          required
          autosize
          minRows={2}
          maxLength={2000}
          label={t('workspace.approvals.reason')}
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
      </FormDialog>
    </Section>
  )
}
