import { IconArrowBackUp } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { SubscriptionShown } from '../words.ts'
import type { StoryShown } from './subscription-page.tsx'
import { shortInstant } from './timeline.tsx'
import { namesOf } from './version-names.ts'

const { subscription: leaf } = contract.billing
type Made = StoryShown['changes'][number]

/** Changes that somebody planned and that are to come, each with the way to take it back. */
export function Planned({
  subscription,
  story,
  zone,
}: {
  readonly subscription: SubscriptionShown
  readonly story: StoryShown
  readonly zone: string
}) {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const now = BigInt(useNow())
  const { dateStyle } = useFormat()
  const { run } = useCommand(leaf.takeBack)
  const planned = story.changes
    .filter(one => one.takenBackAt === null && one.change.at > now)
    .sort((a, b) => (a.change.at < b.change.at ? -1 : 1))
  const action = useMemo(
    () =>
      defineAction<Made>(leaf.takeBack, {
        label: () => t('billing.life.takeBack'),
        key: 't',
        icon: IconArrowBackUp,
        when: () => may(leaf.takeBack),
        run: async made => {
          const commandId = newCommandId()
          try {
            await run({ changeId: made.id }, commandId)
            said(t('billing.life.tookBack'), commandId)
          } catch (error) {
            toasts.fail(error)
          }
        },
      }),
    [t, may, run, said, toasts],
  )
  const [first] = planned
  useActions([first ? bindAction(action, first) : null])
  if (planned.length === 0) return null
  const names = namesOf(subscription)
  const words = ({ change }: Made) => {
    if (change.kind !== 'terms') return t(`billing.life.kind.${change.kind}`)
    const plan = change.planVersionId === undefined ? null : names.get(change.planVersionId)
    const parts = [
      ...(plan ? [plan.plan] : []),
      ...(change.quantity === undefined ? [] : [t('billing.life.seats', { count: Number(change.quantity) })]),
      ...(change.cadence ? [t(`billing.interval.${change.cadence.interval}`)] : []),
    ]
    return `${t('billing.life.kind.terms')}: ${parts.join(', ')}`
  }
  return (
    <Section title={t('billing.life.planned')}>
      <table className={classes.table} aria-label={t('billing.life.planned')}>
        <tbody>
          {planned.map(made => (
            <tr key={made.id}>
              <td>{shortInstant(made.change.at, zone, dateStyle)}</td>
              <td>
                {words(made)}{' '}
                <span className={classes.facts}>
                  {t('billing.life.madeAt', { day: shortInstant(made.madeAt, zone, dateStyle) })}
                </span>
              </td>
              <td data-align="end">
                <ActionButton action={action} context={made} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
