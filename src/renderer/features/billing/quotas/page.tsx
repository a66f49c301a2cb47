import { SegmentedControl } from '@mantine/core'
import { IconRadar2, IconTestPipe } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import { OverageShare } from './overage-share.tsx'
import { ReadingsGrid } from './readings-grid.tsx'
import { ScanDetails } from './scan-details.tsx'
import { ScansGrid } from './scans-grid.tsx'
import { TasksGrid } from './tasks-grid.tsx'

const { scan: leaf } = contract.billing.quota
const SHOWN = ['limits', 'tasks', 'scans'] as const

/** How far all customers are with what they may use, what is to be done about it, and the scans that found it. */
export function QuotasPage() {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const { params, setParams } = useAddress()
  const show = SHOWN.find(one => one === params.get('show')) ?? 'limits'
  const scanId = params.get('scan')
  const start = useCommand(leaf.start)
  const { run } = start
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
  const actions = useMemo(() => {
    const scan = (dryRun: boolean) => async () => {
      await run({ dryRun })
      toasts.show({ text: t('billing.quotas.scanStarted') })
      if (dryRun) set({ show: 'scans' })
    }
    return {
      scan: defineAction(leaf.start, {
        label: () => t('billing.quotas.scan'),
        key: 'n',
        icon: IconRadar2,
        when: () => may(leaf.start),
        run: scan(false),
      }),
      dry: defineAction('ui.billing.quotas.dryRun', {
        label: () => t('billing.quotas.dryRun'),
        key: 'd',
        icon: IconTestPipe,
        when: () => may(leaf.start),
        run: scan(true),
      }),
    }
  }, [t, may, run, toasts, set])
  useActions([bindAction(actions.scan, undefined), bindAction(actions.dry, undefined)])
  if (scanId) return <ScanDetails scanId={scanId} onBack={() => set({ scan: null, show: 'scans' })} />
  return (
    <Page
      title={t('billing.quotas.title')}
      actions={
        <>
          <SegmentedControl
            aria-label={t('billing.quotas.show')}
            value={show}
            onChange={value => set({ show: value === 'limits' ? null : value })}
            data={SHOWN.map(value => ({ value, label: t(`billing.quotas.showWord.${value}`) }))}
          />
          <ActionButton action={actions.dry} context={undefined} />
          <ActionButton action={actions.scan} context={undefined} primary loading={start.running} />
        </>
      }
      answer={show === 'limits' ? <OverageShare /> : undefined}
      fill
    >
      {show === 'limits' ? (
        <ReadingsGrid params={params} set={set} scan={actions.scan} />
      ) : show === 'tasks' ? (
        <TasksGrid />
      ) : (
        <ScansGrid onOpen={id => set({ scan: id })} />
      )}
    </Page>
  )
}
