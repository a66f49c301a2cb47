import { IconTestPipe } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { RecoveryNotice } from '#renderer/app/recovery-notice.tsx'
import { useMay } from '#renderer/app/shell/session.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { close as leaf } from '#shared/contract/billing/close.ts'
import { InvoiceState, invoices } from '#shared/contract/billing/invoices.ts'
import shared from '../billing.module.css'
import { MonthLock } from '../corrections/month-lock.tsx'
import { period as periodLeaf } from '../corrections/types.ts'
import { useMonth } from '../month.ts'
import { MonthPicker } from '../month-picker.tsx'
import { CloseConfirm, type CloseContext, closeAction, useStartClose } from './close-action.tsx'
import { RunList } from './run-list.tsx'

type Readiness = OutputOf<typeof leaf.readiness>

const dryRun = defineAction<CloseContext>('ui.billing.close.dryRun', {
  label: ({ label }) => label,
  key: 'd',
  icon: IconTestPipe,
  when: ({ may }) => may,
  run: ({ run }) => run(),
})
/** How ready a month is to be closed, the dry run and the close itself, and what was closed before. */
export function ClosePageBody() {
  const { t } = useTranslation()
  const may = useMay()
  const format = useFormat()
  const toasts = useToasts()
  const { named, shared: ofTopBar, last, setMonth } = useMonth()
  const month = named ?? ofTopBar ?? last
  const readiness = useCoreQuery(leaf.readiness, { period: month })
  const periods = useCoreQuery(invoices.periods, {})
  const locked = useCoreQuery(periodLeaf.get, { period: month }).data?.locked ?? false
  const { begin, running } = useStartClose(month)
  const [asking, setAsking] = useState(false)
  const months = useMemo(
    () => (periods.data?.periods ?? []).map(({ period }) => ({ month: period })),
    [periods.data],
  )
  const name = format.month(month)
  const mayStart = may(leaf.start)
  const data = readiness.data
  return (
    <Page
      title={t('billing.close.title')}
      subtitle={<MonthPicker month={month} months={months} onMonth={setMonth} />}
      text
      actions={
        <>
          <OfferedButton
            action={dryRun}
            context={{
              label: t('billing.close.dryRun'),
              may: mayStart,
              run: () => {
                begin(true).catch(error => toasts.fail(error))
              },
            }}
            loading={running}
          />
          <OfferedButton
            primary
            action={closeAction}
            context={{
              label: t('billing.close.close', { month: name }),
              may: mayStart,
              run: () => setAsking(true),
            }}
            disabled={!data?.over || locked}
          />
        </>
      }
      answer={data ? <Ready readiness={data} locked={locked} /> : undefined}
    >
      <RecoveryNotice />
      {readiness.error ? (
        <ErrorState error={readiness.error} onRetry={() => void readiness.refetch()} />
      ) : data ? (
        <ReadinessFigures readiness={data} />
      ) : (
        <LoadingState rows={4} />
      )}
      <MonthLock month={month} over={data?.over ?? false} />
      <Section title={t('billing.close.runs.title')}>
        <RunList />
      </Section>
      <CloseConfirm
        month={month}
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => begin(false)}
      />
    </Page>
  )
}

/** Whether the month can be closed, and what speaks for doing it again: the page's answer. */
function Ready({ readiness, locked }: { readonly readiness: Readiness; readonly locked: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { over, overAt, lateCustomers, closedAt, subscriptions } = readiness
  const month = format.month(readiness.period)
  if (locked)
    return (
      <>
        <p className={shared.lead}>{t('billing.close.answer.locked', { month })}</p>
        <p className={shared.note}>{t('billing.close.answer.lockedText')}</p>
      </>
    )
  return (
    <>
      <p className={shared.lead}>
        {!over ? (
          t('billing.close.answer.open', { month })
        ) : subscriptions === 0 ? (
          t('billing.close.answer.nothing')
        ) : closedAt !== null ? (
          <>
            {t('billing.close.answer.done', { month })} <When at={closedAt} show="relative" />
          </>
        ) : (
          t('billing.close.answer.ready', { month })
        )}
      </p>
      <p className={shared.note}>
        {!over
          ? t('billing.close.answer.openUntil', { at: format.instant(overAt) })
          : subscriptions === 0
            ? t('billing.close.answer.nothingText')
            : lateCustomers > 0
              ? t('billing.close.answer.late', {
                  count: lateCustomers,
                  formatted: format.integer(lateCustomers),
                })
              : t(closedAt === null ? 'billing.close.subtitle' : 'billing.close.subtitleAgain')}
      </p>
    </>
  )
}

/** What a close would meet. */
function ReadinessFigures({ readiness }: { readonly readiness: Readiness }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { drafts, lastUsageAt } = readiness
  const states = InvoiceState.options.flatMap(state => {
    const count = drafts.find(one => one.state === state)?.count ?? 0
    return count === 0
      ? []
      : [t(`billing.review.answer.${state}`, { count, formatted: format.integer(count) })]
  })
  return (
    <Figures
      figures={[
        { label: t('billing.close.figure.customers'), value: format.integer(readiness.customers) },
        { label: t('billing.close.figure.subscriptions'), value: format.integer(readiness.subscriptions) },
        { label: t('billing.close.figure.events'), value: format.integer(readiness.events) },
        {
          label: t('billing.close.figure.lastUsage'),
          value: lastUsageAt === null ? t('ui.none') : <When at={lastUsageAt} />,
        },
        { label: t('billing.close.figure.late'), value: format.integer(readiness.lateCustomers) },
        {
          label: t('billing.close.figure.drafts'),
          value: states.length === 0 ? t('ui.none') : states.join(', '),
        },
      ]}
    />
  )
}
