import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePeriod } from '#renderer/app/period.ts'
import { Cost } from '#renderer/ui/display/money.tsx'
import { decimalText, groupDecimal } from '#renderer/ui/format/decimal.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Figures } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import classes from './explorer.module.css'
import { changeOf, denominationText, shownDenomination } from './series.ts'
import type { useExplorer } from './use-explorer.ts'

/** The totals of the period, one for each currency or unit, and what changed against the period before. */
export function Answer({ explorer }: { readonly explorer: ReturnType<typeof useExplorer> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { state, result, change } = explorer
  if (!result) return null
  const shown = shownDenomination(result, state.currency)
  const several = result.totals.length > 1
  const word = state.measure === 'quantity' ? 'manyUnits' : 'manyCurrencies'
  return (
    <>
      <Figures
        figures={result.totals.slice(0, 6).map(total => {
          const share = changeOf(total)
          const name = denominationText(total)
          return {
            label: `${t(`finops.measure.${state.measure}`)} ${several ? name : ''}`,
            value:
              total.currency === null ? (
                `${groupDecimal(decimalText(total.total, total.scale), format.numberStyle)} ${name}`
              ) : (
                <Cost units={total.total} currency={total.currency} />
              ),
            note:
              share === null ? undefined : (
                <>
                  {share > 0 ? '+' : ''}
                  {format.percent(share)} {t('finops.explorer.versus')}
                </>
              ),
          }
        })}
      />
      {several && shown ? (
        <p className={classes.note}>
          {t(`finops.explorer.${word}`, { count: result.totals.length, shown: denominationText(shown) })}{' '}
          {result.totals
            .map(denominationText)
            .filter(name => name !== denominationText(shown))
            .slice(0, 8)
            .map(name => (
              <Button
                key={name}
                size="compact-xs"
                variant="subtle"
                onClick={() => change({ currency: name })}
              >
                {name}
              </Button>
            ))}
        </p>
      ) : null}
    </>
  )
}

/** No line under these filters in this period: says where there are some. */
export function NothingHere({ explorer }: { readonly explorer: ReturnType<typeof useExplorer> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { setPeriod } = usePeriod()
  const { freshness, state, change } = explorer
  const { from, to } = freshness.data ?? {}
  const day = (at: bigint | null | undefined) => (at == null ? '–' : format.instant(at, 'day'))
  return (
    <EmptyState
      centred
      title={t('finops.explorer.empty.title')}
      text={t('finops.explorer.empty.text', { from: day(from), to: day(to) })}
      actions={
        <>
          <Button variant="filled" onClick={() => setPeriod({ kind: 'preset', preset: 'all' })}>
            {t('finops.explorer.empty.wider')}
          </Button>
          {state.filters.length > 0 ? (
            <Button onClick={() => change({ filters: [] })}>{t('finops.explorer.empty.clear')}</Button>
          ) : null}
        </>
      }
    />
  )
}
