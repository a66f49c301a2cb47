import { Button } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import payments from '../payments/payments.module.css'
import { StepsAhead } from './steps-ahead.tsx'
import { holdWords, OVERDUE_TONES, RETRY_TONES, stepWords } from './words.ts'

const { dunning } = contract.billing
type Shown = OutputOf<typeof dunning.simulate>['invoices'][number]

/** One invoice: how far it is, what was done, and what comes if nobody pays. */
export function CasePane({
  invoiceId,
  onClose,
}: {
  readonly invoiceId: string
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { data, error, refetch } = useCoreQuery(dunning.simulate, { invoiceId })
  const [shown] = data?.invoices ?? []
  return (
    <SidePane
      name="dunning"
      title={shown ? `${shown.number} · ${shown.customer}` : t('billing.dunning.invoice')}
      onClose={onClose}
      width={460}
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <LoadingState rows={6} />
      ) : shown ? (
        <CaseBody shown={shown} />
      ) : (
        <p>{t('billing.dunning.settled')}</p>
      )}
    </SidePane>
  )
}

function CaseBody({ shown }: { readonly shown: Shown }) {
  const { t } = useTranslation()
  const invoice = useHref(`/billing/invoices?invoice=${shown.invoiceId}`)
  const customer = useHref(`/billing/customers?customer=${shown.customerId}`)
  return (
    <>
      <dl className={payments.facts}>
        <dt>{t('billing.dunning.open')}</dt>
        <dd>
          <Money minor={shown.open} currency={shown.currency} />
        </dd>
        {shown.disputed === 0n ? null : (
          <>
            <dt>{t('billing.dunning.disputed')}</dt>
            <dd>
              <Money minor={shown.disputed} currency={shown.currency} />
            </dd>
          </>
        )}
        <dt>{t('billing.dunning.dueAt')}</dt>
        <dd>
          <When at={shown.dueAt} detail="day" />
        </dd>
        <dt>{t('billing.dunning.stateName')}</dt>
        <dd>
          <StatusBadge tone={OVERDUE_TONES[shown.state]} label={t(`billing.dunning.state.${shown.state}`)} />
        </dd>
        <dt>{t('billing.dunning.retriesName')}</dt>
        <dd>
          <StatusBadge
            tone={RETRY_TONES[shown.retries]}
            label={t(`billing.dunning.retries.${shown.retries}`)}
          />
        </dd>
        <dt>{t('billing.dunning.campaign')}</dt>
        <dd>
          {shown.campaign
            ? t('billing.dunning.campaignVersion', {
                name: shown.campaign.name,
                version: shown.campaign.version,
              })
            : t('billing.dunning.hold.no-campaign')}
        </dd>
        <dt>{t('billing.dunning.customer')}</dt>
        <dd>
          <a href={customer}>{shown.customer}</a> · <a href={invoice}>{shown.number}</a>
        </dd>
      </dl>
      {shown.hold && shown.hold !== 'no-campaign' ? <p>{holdWords(t, shown.hold)}</p> : null}
      <Pauses shown={shown} />
      <Section title={t('billing.dunning.ahead')}>
        <StepsAhead ahead={shown.ahead} zone={shown.zone} />
      </Section>
      <Section title={t('billing.dunning.done')}>
        {shown.done.length === 0 ? (
          <p>{t('billing.dunning.nothingDone')}</p>
        ) : (
          <ul className={payments.plain}>
            {shown.done.map(step => (
              <li key={`${step.track} ${step.days}`}>
                <When at={step.at} detail="minute" /> ·{' '}
                {stepWords(t, { ...step, retry: step.paymentId !== null })}
                {step.message !== null && step.recipients === 0
                  ? ` · ${t('billing.dunning.nobodyToTell')}`
                  : ''}
                {` · ${t('billing.dunning.campaignVersion', { name: step.campaign, version: step.version })}`}
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  )
}

function Pauses({ shown }: { readonly shown: Shown }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const { run } = useCommand(dunning.resume)
  const [first] = shown.pauses
  const resume = useMemo(
    () =>
      defineAction<string>(dunning.resume, {
        label: () => t('billing.dunning.resume'),
        key: 'u',
        icon: IconPlayerPlay,
        when: () => may(dunning.resume),
        run: async pauseId => {
          const commandId = newCommandId()
          await run({ pauseId }, commandId)
          said(t('billing.dunning.resumed', { customer: shown.customer }), commandId)
        },
      }),
    [t, may, run, said, shown.customer],
  )
  useActions(first ? [bindAction(resume, first.id)] : [])
  if (!first) return null
  return (
    <Section title={t('billing.dunning.hold.paused')}>
      {shown.pauses.map(pause => (
        <p key={pause.id}>
          {pause.invoiceId === null ? t('billing.dunning.pauseCustomer') : shown.number}
          {' · '}
          {pause.until === null ? t('billing.dunning.untilResumed') : <When at={pause.until} detail="day" />}
          {' · '}
          {pause.reason}
          {pause.createdBy === null ? '' : ` (${pause.createdBy})`}{' '}
          {may(dunning.resume) ? (
            <Button size="compact-xs" variant="default" onClick={() => void resume.run(pause.id)}>
              {t('billing.dunning.resume')}
            </Button>
          ) : null}
        </p>
      ))}
    </Section>
  )
}
