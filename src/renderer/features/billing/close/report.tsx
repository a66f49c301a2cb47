import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Figures, Section } from '#renderer/ui/page/page.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import type { CloseProblem, close as leaf } from '#shared/contract/billing/close.ts'
import shared from '../billing.module.css'

type ReportData = NonNullable<OutputOf<typeof leaf.get>['report']>

/** What a close made, or would make: drafts, totals by currency, doubts, and whom it could not bill. */
export function Report(props: {
  readonly report: ReportData
  readonly dryRun: boolean
  readonly period: string
}) {
  const { report, dryRun } = props
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const doubtWord = (code: string) => {
    const key = `billing.close.doubt.${code}`
    return i18n.exists(key) ? (i18n.t as (key: string) => string)(key) : code
  }
  return (
    <>
      <Figures
        figures={[
          { label: t('billing.close.report.customers'), value: format.integer(report.customers) },
          {
            label: t(dryRun ? 'billing.close.report.wouldMake' : 'billing.close.report.made'),
            value: format.integer(report.drafts),
          },
          {
            label: t(dryRun ? 'billing.close.report.wouldExtend' : 'billing.close.report.extended'),
            value: format.integer(report.extended),
          },
          { label: t('billing.close.report.lines'), value: format.integer(report.lines) },
          { label: t('billing.close.report.adjustments'), value: format.integer(report.adjustments) },
        ]}
      />
      {report.totals.length === 0 ? null : (
        <Section title={t('billing.close.report.totals')}>
          <SmallTable
            label={t('billing.close.report.totals')}
            head={[
              t('billing.close.report.currency'),
              t('billing.close.report.count'),
              t('billing.close.report.net'),
              t('billing.close.report.tax'),
              t('billing.close.report.total'),
            ]}
            figures={[1, 2, 3, 4]}
            rows={report.totals.map(total => [
              total.currency,
              format.integer(total.drafts),
              ...[total.net, total.tax, total.total].map(
                amount => format.money(amount, total.currency).figure,
              ),
            ])}
          />
        </Section>
      )}
      {report.drafts === 0 && report.extended === 0 ? null : (
        <Section title={t('billing.close.report.doubts')}>
          {report.doubts.length === 0 ? (
            <p>{t(dryRun ? 'billing.close.report.noDoubtsDry' : 'billing.close.report.noDoubts')}</p>
          ) : (
            <SmallTable
              label={t('billing.close.report.doubts')}
              head={[t('billing.close.report.doubt'), t('billing.close.report.count')]}
              figures={[1]}
              rows={report.doubts.map(({ code, drafts }) => [doubtWord(code), format.integer(drafts)])}
            />
          )}
        </Section>
      )}
      <Section title={t('billing.close.report.problems')}>
        {report.problemCount === 0 ? (
          <p>{t(dryRun ? 'billing.close.report.noProblemsDry' : 'billing.close.report.noProblems')}</p>
        ) : (
          <>
            <SmallTable
              label={t('billing.close.report.problems')}
              head={[
                t('billing.close.report.customer'),
                t('billing.close.report.reason'),
                t('billing.close.report.detail'),
                t('billing.close.report.fix'),
              ]}
              rows={report.problems.map(problem => [
                problem.customer,
                t(`billing.close.problem.${problem.code}`),
                problem.detail,
                <FixLink key="fix" problem={problem} />,
              ])}
            />
            {report.problemCount > report.problems.length ? (
              <p className={shared.note}>
                {t('billing.close.report.shown', {
                  count: report.problemCount,
                  shown: format.integer(report.problems.length),
                  formatted: format.integer(report.problemCount),
                })}
              </p>
            ) : null}
          </>
        )}
      </Section>
    </>
  )
}

/** The way to where a problem is put right: the plan's prices, or the customer's subscription. */
function FixLink({ problem }: { readonly problem: CloseProblem }) {
  const { t } = useTranslation()
  const customer = useHref(`/billing/customers?customer=${problem.customerId}`)
  return <a href={customer}>{t('billing.close.report.fix')}</a>
}
