import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import type { CommitmentProgress, Contract } from '#shared/contract/billing/contracts.ts'
import { contract as leaves } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import { moneyText } from '../coupons/words.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import { shortInstant } from '../subscriptions/timeline.tsx'
import classes from './contracts.module.css'
import { commitmentText, phaseText, TONES, tiersText } from './words.ts'

/** One contract: what was agreed, how far its commitments are, and what it said before. */
export function ContractPane({
  contract,
  onClose,
}: {
  readonly contract: Contract
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const query = useCoreQuery(leaves.billing.contract.get, { contractId: contract.id })
  return (
    <SidePane name="contract" title={contract.number} onClose={onClose} width={520}>
      <Head contract={contract} />
      <Agreed contract={contract} />
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState rows={4} />
      ) : (
        <>
          {contract.terms.commitments.length > 0 ? (
            <Progress contract={contract} progress={query.data.progress} />
          ) : null}
          <Section title={t('billing.contracts.history.title')}>
            {query.data.versions.length < 2 ? (
              <p className={catalogue.facts}>{t('billing.contracts.history.none')}</p>
            ) : (
              <ul className={classes.list}>
                {query.data.versions.slice(1).map(one => (
                  <Before key={one.number} contract={contract} version={one} />
                ))}
              </ul>
            )}
          </Section>
        </>
      )}
      <Comments about={{ entity: 'contract', id: contract.id }} />
    </SidePane>
  )
}

function Head({ contract }: { readonly contract: Contract }) {
  const { t } = useTranslation()
  const format = useFormat()
  const customer = useHref(`${CUSTOMERS_PATH}?customer=${contract.customerId}`)
  const request = useHref(`/workspace/approvals?approval=${contract.approvalId ?? ''}`)
  const { zone, currency, terms, renewMonths, noticeDays, until } = contract
  const day = (at: bigint) => shortInstant(at, zone, format.dateStyle)
  const fields: (readonly [string, React.ReactNode])[] = [
    [
      t('billing.contracts.customer'),
      <a key="customer" href={customer}>
        {contract.customer}
      </a>,
    ],
    [t('billing.contracts.subscription'), contract.plan ?? t('billing.contracts.all')],
    [t('billing.contracts.from'), day(contract.from)],
    [t('billing.contracts.until'), until === null ? t('billing.contracts.open') : day(until)],
    [
      t('billing.contracts.atEnd'),
      renewMonths === null
        ? t('billing.contracts.ends')
        : t('billing.contracts.renews', { count: renewMonths }),
    ],
  ]
  if (contract.renewals > 0)
    fields.push(
      [t('billing.contracts.renewals'), t('billing.contracts.renewed', { count: contract.renewals })],
      [t('billing.contracts.termEnds'), contract.termEnds === null ? '–' : day(contract.termEnds)],
    )
  if (noticeDays > 0) fields.push([t('billing.contracts.noticeDays'), format.integer(noticeDays)])
  if (contract.noticeBy !== null) fields.push([t('billing.contracts.noticeBy'), day(contract.noticeBy)])
  fields.push([
    t('billing.contracts.paymentDays'),
    contract.paymentDays === null ? t('billing.contracts.usual') : format.integer(contract.paymentDays),
  ])
  if (terms.cycle)
    fields.push([
      t('billing.contracts.cycle'),
      t('billing.contracts.cycleText', { count: terms.cycle.months }),
    ])
  if (terms.minimum !== null)
    fields.push([t('billing.contracts.minimum'), moneyText(terms.minimum, currency, format)])
  if (contract.terminatedAt !== null)
    fields.push([t('billing.contracts.states.terminated'), day(contract.terminatedAt)])
  if (contract.reason !== '') fields.push([t('billing.contracts.reason'), contract.reason])
  if (contract.notes !== '') fields.push([t('billing.contracts.notes'), contract.notes])
  return (
    <Section
      title={contract.name}
      aside={
        <StatusBadge
          tone={TONES[contract.standing]}
          label={t(`billing.contracts.states.${contract.standing}`)}
        />
      }
    >
      {contract.approvalId === null ? null : (
        <p className={classes.waits}>
          {t('billing.contracts.waits')} <a href={request}>{t('billing.contracts.toApproval')}</a>
        </p>
      )}
      <Fields fields={fields} />
    </Section>
  )
}

function Agreed({ contract }: { readonly contract: Contract }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { terms, zone, currency } = contract
  const day = (at: bigint) => shortInstant(at, zone, format.dateStyle)
  return (
    <Section title={t('billing.contracts.agreed')}>
      {terms.phases.length === 0 ? (
        <p className={catalogue.facts}>{t('billing.contracts.phase.none')}</p>
      ) : (
        <SmallTable
          label={t('billing.contracts.parts.phases')}
          wraps
          head={[
            t('billing.contracts.phase.title'),
            t('billing.contracts.from'),
            t('billing.contracts.agreed'),
          ]}
          rows={terms.phases.map(phase => [
            phase.name,
            `${day(phase.from)}${phase.to === null ? '' : ` – ${day(phase.to)}`}`,
            phaseText(phase, t, format),
          ])}
        />
      )}
      <ul className={classes.list}>
        {terms.commitments.map(one => (
          <li key={one.key}>
            {one.name}: {commitmentText(one, currency, t, format)}
          </li>
        ))}
        {terms.volume.map(one => (
          <li key={one.name}>
            {one.name}, {t(`billing.contracts.volume.bases.${one.basis}`)}, {tiersText(one, t, format)} (
            {t(`billing.contracts.volume.modes.${one.mode}`)})
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Progress({
  contract,
  progress,
}: {
  readonly contract: Contract
  readonly progress: readonly CommitmentProgress[]
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const { currency, zone } = contract
  const day = (at: bigint) => shortInstant(at, zone, dateStyle)
  const money = (minor: bigint) => <Money minor={minor} currency={currency} code={false} />
  return (
    <Section title={`${t('billing.contracts.progress.title')} (${currency})`}>
      {progress.length === 0 ? (
        <p className={catalogue.facts}>{t('billing.contracts.progress.none')}</p>
      ) : (
        <>
          <SmallTable
            label={t('billing.contracts.progress.title')}
            figures={[1, 2, 3, 4, 5]}
            wraps
            head={[
              t('billing.contracts.progress.period'),
              t('billing.contracts.progress.committed'),
              t('billing.contracts.progress.counted'),
              t('billing.contracts.progress.projected'),
              t('billing.contracts.progress.shortfall'),
              t('billing.contracts.progress.billed'),
            ]}
            rows={progress.map(one => [
              <span key="period">
                {one.name}
                <br />
                <span className={catalogue.facts}>
                  {day(one.from)} – {day(one.to)},{' '}
                  {t(`billing.contracts.progress.${one.over ? 'over' : 'running'}`)}
                </span>
              </span>,
              money(one.committed),
              money(one.counted),
              money(one.projected),
              money(one.shortfall),
              money(one.billed),
            ])}
          />
          <p className={catalogue.facts}>{t('billing.contracts.progress.text')}</p>
        </>
      )}
    </Section>
  )
}

/** What a contract said before, in a few words. */
function Before({
  contract,
  version,
}: {
  readonly contract: Contract
  readonly version: {
    readonly number: number
    readonly contract: Pick<Contract, 'terms' | 'from' | 'until'>
    readonly reason: string
    readonly changedAt: bigint
  }
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { terms, from, until } = version.contract
  const day = (at: bigint) => shortInstant(at, contract.zone, format.dateStyle)
  const words = [
    ...terms.phases.map(one => `${one.name}: ${phaseText(one, t, format)}`),
    ...terms.commitments.map(one => `${one.name}: ${commitmentText(one, contract.currency, t, format)}`),
    ...terms.volume.map(one => `${one.name}: ${tiersText(one, t, format)}`),
  ]
  return (
    <li>
      {t('billing.contracts.history.version', { number: version.number })},{' '}
      <When at={version.changedAt} detail="day" />
      {version.reason === '' ? '' : `: ${version.reason}`}
      <div className={catalogue.facts}>
        {day(from)} – {until === null ? t('billing.contracts.open') : day(until)}
        {words.length === 0 ? '' : `; ${words.join('; ')}`}
      </div>
    </li>
  )
}
