import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { contract } from '#shared/contract/index.ts'
import type { ComparedRow, OutboxCommand } from '#shared/contract/sync.ts'
import classes from '../workspace.module.css'
import { type ComparedEntity, type ComparedField, compareRows } from './compared.ts'

/** What a refused command was based on, what the server has now, and what was wanted: side by side. */
export function ComparePane({ command }: { readonly command: OutboxCommand }) {
  const { t } = useTranslation()
  const { data, isPending } = useCoreQuery(contract.sync.outbox.compare, { commandId: command.commandId })
  if (isPending) return <LoadingState />
  if (!data) return null
  const entities = compareRows(command.command, command.input, data.basedOn, data.current)
  const currencies = new Map(
    [...(data.basedOn ?? []), ...(data.current ?? [])].map(row => [
      `${row.table}/${row.key}`,
      currencyOf(row),
    ]),
  )
  return (
    <Section title={t('workspace.compare.title')}>
      {entities.length === 0 ? <p className={classes.dim}>{t('workspace.compare.nothing')}</p> : null}
      {entities.map(entity => (
        <Entity
          key={`${entity.table}/${entity.key}`}
          entity={entity}
          currency={currencies.get(`${entity.table}/${entity.key}`) ?? null}
        />
      ))}
    </Section>
  )
}

function Entity({ entity, currency }: { readonly entity: ComparedEntity; readonly currency: string | null }) {
  const { t } = useTranslation()
  const shown = (field: ComparedField, value: unknown): ReactNode => shownValue(field.name, value, currency)
  return (
    <div className={classes.form}>
      <h3>{entity.title}</h3>
      {entity.fields.length === 0 ? (
        <p className={classes.dim}>{t('workspace.compare.equal')}</p>
      ) : (
        <SmallTable
          wraps
          label={t('workspace.compare.title')}
          head={[
            t('workspace.compare.field'),
            t('workspace.compare.basedOn'),
            t('workspace.compare.current'),
            t('workspace.compare.wanted'),
          ]}
          rows={entity.fields.map(field => [
            words(field.name),
            entity.gone === 'here' ? t('workspace.compare.gone') : shown(field, field.basedOn),
            entity.gone === 'there' ? (
              t('workspace.compare.gone')
            ) : field.differs ? (
              <span key="current" className={classes.changed}>
                <StatusBadge tone="warning" label="" />
                {shown(field, field.current)}
              </span>
            ) : (
              shown(field, field.current)
            ),
            field.wanted === undefined ? '' : shown(field, field.wanted),
          ])}
        />
      )}
      {entity.same > 0 ? (
        <p className={classes.dim}>{t('workspace.compare.same', { count: entity.same })}</p>
      ) : null}
    </div>
  )
}

const AMOUNTS: ReadonlySet<string> = new Set(['net', 'tax', 'total', 'amount', 'previous_total'])

/** A value of a column, as people write it. */
function shownValue(name: string, value: unknown, currency: string | null): ReactNode {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'bigint') {
    if (AMOUNTS.has(name) && currency !== null) return <Money minor={value} currency={currency} />
    if (/_(at|from|to|until)$/.test(name)) return <When at={value} detail="minute" />
    return value.toString()
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function currencyOf({ row }: ComparedRow): string | null {
  const currency = row?.currency
  return typeof currency === 'string' ? currency : null
}

/** `due_at` → `Due at`. */
function words(column: string): string {
  const text = column.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
