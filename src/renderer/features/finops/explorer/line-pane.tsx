import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { finops } from '#shared/contract/finops.ts'
import classes from './explorer.module.css'

/** One cost line with every column that its bill had, and the bill that it came from. */
export function LinePane({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [full, setFull] = useState(false)
  const { data, error, refetch } = useCoreQuery(finops.costs.line, { id })
  const receipt = useHref(`/finops/bills?receipt=${data?.importId ?? ''}`)
  const shown = (known: boolean) =>
    (data?.columns ?? [])
      .filter(column => column.known === known && (full || column.value !== null))
      .map(
        column =>
          [
            column.name,
            <span key={column.name} className={classes.value}>
              {column.value ?? '–'}
            </span>,
          ] as const,
      )
  const others = shown(false)
  return (
    <SidePane name="finops.costs.line" title={t('finops.explorer.line')} onClose={onClose}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <>
          <p>
            <a href={receipt} title={t('finops.explorer.openImport')}>
              {t('finops.explorer.from', { file: data.fileName })}
            </a>
          </p>
          <Checkbox
            label={t('finops.explorer.hideEmpty')}
            checked={!full}
            onChange={event => setFull(!event.currentTarget.checked)}
          />
          <Section title={t('finops.explorer.knownColumns')}>
            <Fields fields={shown(true)} />
          </Section>
          {others.length > 0 ? (
            <Section title={t('finops.explorer.otherColumns')}>
              <Fields fields={others} />
            </Section>
          ) : null}
        </>
      ) : (
        <LoadingState rows={12} />
      )}
    </SidePane>
  )
}
