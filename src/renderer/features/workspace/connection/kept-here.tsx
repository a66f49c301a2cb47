import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ask, type OutputOf, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { formatBytes } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { contract } from '#shared/contract/index.ts'
import type { BulkKind } from '#shared/contract/sync.ts'
import classes from '../workspace.module.css'

type Kept = OutputOf<typeof contract.sync.bulk.kept>['months'][number]

/** What is shown, and what a person can ask for beyond what comes by itself. */
const KINDS: readonly BulkKind[] = ['usage.sums', 'usage.events', 'cost.lines']

/** What of usage and costs there is to see without a network, by month, and the rest on request. */
export function KeptHere() {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const format = useFormat()
  const { data } = useCoreQuery(contract.sync.bulk.kept, {})
  if (!data) return null
  const months = [...Map.groupBy(data.months, one => one.month)].sort(([a], [b]) => (a < b ? 1 : -1))
  const take = async (month: string) => {
    const [year, number] = month.split('-').map(Number) as [number, number]
    const span = { from: BigInt(Date.UTC(year, number - 1)), to: BigInt(Date.UTC(year, number)) }
    try {
      for (const kind of KINDS) await ask(core, contract.sync.bulk.want, { kind, ...span })
      toasts.show({ text: t('bulk.taken', { month: format.month(month) }) })
    } catch (error) {
      toasts.fail(error)
    }
  }
  return (
    <Section title={t('bulk.title')}>
      <p className={classes.dim}>{t(months.length === 0 ? 'bulk.none' : 'bulk.text')}</p>
      {months.length === 0 ? null : (
        <SmallTable
          label={t('bulk.title')}
          head={[t('bulk.month'), ...KINDS.map(kind => t(`bulk.column.${wordOf(kind)}`)), '']}
          rows={months.map(([month, kept]) => {
            const rows = KINDS.map(kind => kept.find(one => one.kind === kind))
            const whole = rows.every(row => !row || row.here === row.batches)
            return [
              format.month(month),
              ...rows.map(row => <Size key={row?.kind} row={row} />),
              whole ? null : (
                <Button key="take" size="compact-sm" onClick={() => void take(month)}>
                  {t('bulk.take', { month: format.month(month) })}
                </Button>
              ),
            ]
          })}
        />
      )}
    </Section>
  )
}

function Size({ row }: { readonly row: Kept | undefined }) {
  const { t } = useTranslation()
  if (!row) return <span className={classes.dim}>–</span>
  const size = formatBytes(Number(row.bytes))
  if (row.here === row.batches) return t('bulk.whole', { size })
  if (row.here === 0) return <span className={classes.dim}>{t('bulk.nothing', { size })}</span>
  return t('bulk.part', { here: formatBytes(Number(row.bytesHere)), size })
}

const wordOf = (kind: BulkKind) => kind.replace('.', '_') as 'usage_sums'
