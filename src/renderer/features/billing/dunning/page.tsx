import { SegmentedControl } from '@mantine/core'
import { IconBellRinging } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import { Campaigns } from './campaigns.tsx'
import { CasesGrid } from './cases-grid.tsx'
import { Simulator } from './simulator.tsx'
import { DunningTasks } from './tasks.tsx'

const { dunning } = contract.billing
const PARTS = ['cases', 'tasks', 'campaigns', 'simulator'] as const

/** Who is reminded or charged again, what people are to do, and the campaigns that say so. */
export function DunningPage() {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const { params, setParams } = useAddress()
  const part = PARTS.find(one => one === params.get('show')) ?? 'cases'
  const { run, running } = useCommand(dunning.run)
  const set = useCallback(
    (changes: Readonly<Record<string, string | null>>) => {
      const next = new URLSearchParams(params)
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) next.delete(name)
        else next.set(name, value)
      }
      setParams(next, { replace: true })
    },
    [params, setParams],
  )
  const start = useMemo(
    () =>
      defineAction(dunning.run, {
        label: () => t('billing.dunning.run'),
        key: 'r',
        icon: IconBellRinging,
        when: () => may(dunning.run),
        run: async () => {
          await run({})
          toasts.show({ text: t('billing.dunning.runStarted') })
        },
      }),
    [t, may, run, toasts],
  )
  useActions([bindAction(start, undefined)])
  return (
    <Page
      title={t('billing.dunning.title')}
      actions={
        <>
          <SegmentedControl
            aria-label={t('billing.dunning.parts')}
            value={part}
            onChange={next => setParams(new URLSearchParams(next === 'cases' ? {} : { show: next }))}
            data={PARTS.map(value => ({ value, label: t(`billing.dunning.part.${value}`) }))}
          />
          <ActionButton action={start} context={undefined} loading={running} />
        </>
      }
      answer={part === 'cases' ? <Answer /> : undefined}
      fill
    >
      {part === 'cases' ? (
        <CasesGrid invoiceId={params.get('invoice')} set={set} />
      ) : part === 'tasks' ? (
        <DunningTasks />
      ) : part === 'campaigns' ? (
        <Campaigns />
      ) : (
        <Simulator />
      )}
    </Page>
  )
}

/** How many there are, what a run would do now, and how many nothing is done about. */
function Answer() {
  const { t } = useTranslation()
  const cases = useCoreQuery(dunning.list, {})
  const due = useCoreQuery(dunning.due, {})
  if (!cases.data || !due.data) return null
  const held = cases.data.cases.filter(one => one.hold !== null).length
  return (
    <>
      {t('billing.dunning.answer', {
        count: cases.data.count,
        due: due.data.due.length,
        held,
      })}
    </>
  )
}
