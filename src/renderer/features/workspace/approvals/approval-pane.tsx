import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { entityWord } from '#renderer/app/entity-word.ts'
import paneClasses from '#renderer/features/billing/review/pane/pane.module.css'
import { PaneActions } from '#renderer/features/billing/review/pane/pane-actions.tsx'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { type Approval, approvals as leaf } from '#shared/contract/workspace/approvals.ts'
import { people } from '#shared/contract/workspace/people.ts'
import { Comments } from '../comments/comments.tsx'
import classes from '../workspace.module.css'
import { assuranceWord, factWord, kindWord, shownValue, subjectTitle, TONES } from './words.tsx'

export interface ApprovalPaneProps {
  readonly approvalId: string
  readonly actions: (approval: Approval) => readonly (BoundAction | null)[]
  readonly onClose: () => void
}

/** One request: who asks for what and why, what changes, who decided, until when. */
export function ApprovalPane({ approvalId, actions, onClose }: ApprovalPaneProps) {
  const query = useCoreQuery(leaf.get, { approvalId })
  const { t } = useTranslation()
  const approval = query.data
  return (
    <SidePane
      name="workspace.approvals"
      title={approval ? kindWord(t, approval.kind) : t('workspace.screen.approvals')}
      onClose={onClose}
      width={460}
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !approval ? (
        <LoadingState rows={10} />
      ) : (
        <div className={paneClasses.pane}>
          <PaneActions actions={actions(approval)} />
          <Body approval={approval} />
          <Comments about={{ entity: 'approval', id: approval.id }} />
        </div>
      )}
    </SidePane>
  )
}

function Body({ approval }: { readonly approval: Approval }) {
  const { t } = useTranslation()
  const failure = useErrorWords(approval.failure)
  const { state, subject, facts, votes } = approval
  return (
    <>
      <Fields
        fields={[
          [
            t('workspace.approvals.state'),
            <StatusBadge
              key="state"
              tone={TONES[state]}
              label={t(`workspace.approvals.stateWord.${state}`)}
            />,
          ],
          ...(approval.failure ? [[t('workspace.approvals.failure'), failure.text] as const] : []),
          [t('workspace.approvals.about'), <Subject key="subject" subject={subject} />],
          ...(approval.amount === null || approval.currency === null
            ? []
            : [
                [
                  t('workspace.approvals.amount'),
                  <Money key="amount" minor={approval.amount} currency={approval.currency} />,
                ] as const,
              ]),
          [t('workspace.approvals.reason'), approval.reason],
          [t('workspace.approvals.by'), approval.requestedBy.name],
          [t('workspace.approvals.at'), <When key="at" at={approval.requestedAt} show="both" />],
          [
            t('workspace.approvals.ends'),
            approval.expiresAt === null ? (
              t('workspace.approvals.never')
            ) : (
              <When key="ends" at={approval.expiresAt} show="both" />
            ),
          ],
          [
            t('workspace.approvals.who'),
            t('workspace.approvals.whoText', {
              quorum: approval.quorum,
              roles: approval.voters.map(role => t(`workspace.role.${role}`)).join(', '),
            }),
          ],
          ...(approval.endedAt === null
            ? []
            : [
                [
                  t('workspace.approvals.endedBy'),
                  <>
                    {approval.endedBy?.name} <When at={approval.endedAt} show="both" />
                  </>,
                ] as const,
              ]),
          [t('workspace.approvals.digest'), <code key="digest">{approval.digest}</code>],
        ]}
      />
      {state === 'waiting' ? <TooFew approval={approval} /> : null}
      {approval.attested ? <p className={classes.dim}>{t('workspace.approvals.attestedOnly')}</p> : null}
      {facts.length > 0 ? (
        <Section title={t('workspace.approvals.changes')}>
          <SmallTable
            label={t('workspace.approvals.changes')}
            head={[
              t('workspace.approvals.fact'),
              t('workspace.approvals.before'),
              t('workspace.approvals.after'),
            ]}
            figures={[1, 2]}
            rows={facts.map(fact => [
              factWord(t, fact.name),
              shownValue(fact.before),
              shownValue(fact.after),
            ])}
          />
        </Section>
      ) : null}
      <Section title={t('workspace.approvals.votes')}>
        {votes.length === 0 ? (
          <p className={classes.dim}>{t('workspace.approvals.noVotes')}</p>
        ) : (
          <SmallTable
            label={t('workspace.approvals.votes')}
            head={[
              t('workspace.approvals.person'),
              t('workspace.approvals.vote'),
              t('workspace.approvals.assurance'),
              t('workspace.approvals.when'),
            ]}
            rows={votes.map(vote => [
              vote.person.name,
              <>
                {t(`workspace.approvals.decision.${vote.decision}`)}
                {vote.note ? <div className={classes.dim}>{vote.note}</div> : null}
              </>,
              `${assuranceWord(t, vote.assurance)}${vote.signed ? `, ${t('workspace.approvals.signed')}` : ''}`,
              <When key="when" at={vote.receivedAt} />,
            ])}
          />
        )}
      </Section>
    </>
  )
}

/** Where a request waits for people that there are not: it would wait until it ends. */
function TooFew({ approval }: { readonly approval: Approval }) {
  const { t } = useTranslation()
  const { data } = useCoreQuery(people.list, {})
  const { voters, quorum, requestedBy } = approval
  const able = data?.people.filter(
    ({ id, active, roles }) => active && id !== requestedBy.id && voters.some(role => roles.includes(role)),
  )
  if (!able || able.length >= quorum) return null
  return (
    <p className={classes.notice}>
      {t('workspace.approvals.tooFew', { needed: quorum, there: able.length })}
    </p>
  )
}

function Subject({ subject }: { readonly subject: Approval['subject'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const href = useHref(subject.link ?? '/workspace/approvals')
  const what = `${entityWord(t, subject.entity)} ${subjectTitle(format, subject)}`
  return subject.link === null ? what : <a href={href}>{what}</a>
}
