import { IconListDetails } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { invoices } from '#shared/contract/billing/invoices.ts'
import { monthEnd as leaf, type MonthEnd, type MonthEndStep } from '#shared/contract/billing/month-end.ts'
import shared from '../billing.module.css'
import { CloseConfirm, useStartClose } from '../close/close-action.tsx'
import { period as periodLeaf } from '../corrections/types.ts'
import { useMonth } from '../month.ts'
import { MonthPicker } from '../month-picker.tsx'
import { CheckDialog } from './check-dialog.tsx'
import { Checklist } from './checklist.tsx'
import { OwnSteps } from './own-steps.tsx'
import { stepName } from './step-words.ts'
import { type Asked, useDeeds } from './use-deeds.ts'

/** What is left before the books of a month can close; under `?view=own` the steps of the workspace's own. */
export function MonthEndPage() {
  const { params } = useAddress()
  return params.get('view') === 'own' ? <OwnSteps /> : <MonthEndBody />
}

const ownSteps = defineAction<{ readonly label: string; readonly run: () => void }>(
  'ui.billing.monthEnd.own',
  {
    label: ({ label }) => label,
    key: 'o',
    icon: IconListDetails,
    run: ({ run }) => run(),
  },
)

function MonthEndBody() {
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const toasts = useToasts()
  const { named, shared: ofTopBar, last, setMonth } = useMonth()
  const month = named ?? ofTopBar ?? last
  const { data, error, refetch } = useCoreQuery(leaf.get, { period: month })
  const periods = useCoreQuery(invoices.periods, {})
  const { begin } = useStartClose(month)
  const lock = useCommand(periodLeaf.lock)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [checked, setChecked] = useState<MonthEndStep | null>(null)
  const deedOf = useDeeds({ data, month, onAsk: setAsked, onCheck: setChecked })
  const months = useMemo(
    () => (periods.data?.periods ?? []).map(({ period }) => ({ month: period })),
    [periods.data],
  )
  const name = { month: format.month(month) }
  return (
    <Page
      title={t('billing.monthEnd.title')}
      subtitle={<MonthPicker month={month} months={months} onMonth={setMonth} />}
      fill
      actions={
        <OfferedButton
          action={ownSteps}
          context={{
            label: t('billing.monthEnd.action.own'),
            run: () => go(`/billing/month-end?view=own&month=${month}`),
          }}
        />
      }
      answer={data ? <Answer data={data} /> : undefined}
    >
      {error ? (
        <ErrorState centred error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <Checklist
          month={month}
          steps={data.steps}
          locked={data.locked}
          deedOf={deedOf}
          onCheck={setChecked}
        />
      ) : (
        <LoadingState rows={12} />
      )}
      <CloseConfirm
        month={month}
        opened={asked === 'close'}
        onClose={() => setAsked(null)}
        onConfirm={() => begin(false)}
      />
      <Confirm
        opened={asked === 'lock'}
        onClose={() => setAsked(null)}
        title={t('billing.corrections.period.lockTitle', name)}
        confirm={t('billing.corrections.period.lock').replace('…', '')}
        onConfirm={async () => {
          await lock.run({ period: month })
          toasts.show({ text: t('billing.monthEnd.locked', name), tone: 'ok' })
        }}
      >
        <p>{t('billing.corrections.period.lockText')}</p>
      </Confirm>
      {checked ? <CheckDialog month={month} step={checked} onClose={() => setChecked(null)} /> : null}
    </Page>
  )
}

const SETTLED: ReadonlySet<MonthEndStep['state']> = new Set(['done', 'accepted', 'none'])

/** Whether the month's books can close, and what comes next. */
function Answer({ data }: { readonly data: MonthEnd }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { ready, locked, left, steps } = data
  const values = { month: format.month(data.period), count: left, formatted: format.integer(left) }
  const settled = steps.filter(step => SETTLED.has(step.state)).length
  const next = steps.find(step => step.state === 'todo') ?? steps.find(step => step.state === 'waiting')
  return (
    <>
      <p className={shared.lead}>
        {locked
          ? t('billing.monthEnd.answer.locked', values)
          : ready
            ? t('billing.monthEnd.answer.ready', values)
            : t('billing.monthEnd.answer.left', values)}
      </p>
      <p className={shared.note}>
        {locked && left > 0
          ? t('billing.monthEnd.answer.reopened', values)
          : t('billing.monthEnd.answer.settled', {
              ...{ done: format.integer(settled), all: format.integer(steps.length) },
            })}{' '}
        {next ? t('billing.monthEnd.answer.next', { step: stepName(t, next) }) : ''}
      </p>
    </>
  )
}
