import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { isEmail } from '#renderer/features/workspace/email.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import {
  deliveryStates,
  failureWords,
  reasonWords,
} from '#renderer/features/workspace/notifications/notification-words.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Full } from '../types.ts'
import classes from './pane.module.css'

const { invoice: leaf, contact } = contract.billing
const OUT: ReadonlySet<string> = new Set(['issued', 'paid', 'uncollectible'])
const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const

/** Where an issued invoice went by e-mail, what became of each mail, and the way to send it. `m` sends. */
export function MailPart({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const may = useMay()
  const [asked, setAsked] = useState(false)
  const isOut = OUT.has(invoice.state)
  const { data } = useCoreQuery(leaf.mails, { invoiceId: invoice.id })
  const sent = (data?.deliveries.length ?? 0) > 0
  const send = useMemo(
    () =>
      defineAction(leaf.send, {
        label: () => t(sent ? 'billing.mail.again' : 'billing.mail.send'),
        key: 'm',
        icon: IconMail,
        when: () => isOut && may(leaf.send),
        run: () => setAsked(true),
      }),
    [t, may, isOut, sent],
  )
  useActions(useMemo(() => [bindAction(send, undefined)], [send]))
  if (!isOut) return null
  const states = deliveryStates(t)
  return (
    <section aria-label={t('billing.mail.title')}>
      <div className={classes.documentHead}>
        <span className={classes.quiet}>{sent ? t('billing.mail.title') : t('billing.mail.none')}</span>
        <ActionButton action={send} context={undefined} />
      </div>
      {data?.deliveries.map(one => (
        <div key={one.id} className={classes.mail}>
          <StatusBadge {...states[one.state]} />
          <span>
            {one.name} <span className={classes.quiet}>{one.target}</span>
            {one.state === 'sent' ? null : <small>{reasonWords(t, one) ?? failureWords(t, one)}</small>}
          </span>
          <When at={one.sentAt ?? one.createdAt} />
        </div>
      ))}
      {asked ? <SendDialog invoice={invoice} onClose={() => setAsked(false)} /> : null}
    </section>
  )
}

function SendDialog({ invoice, onClose }: { readonly invoice: Full; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const send = useCommand(leaf.send)
  const { data } = useCoreQuery(contact.list, { customerId: invoice.customerId })
  const [elsewhere, setElsewhere] = useState(false)
  const [email, setEmail] = useState('')
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>('en')
  const [note, setNote] = useState('')
  const reaches = data?.reaches ?? []
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.mail.sendTitle', { number: invoice.number ?? '' })}
      submit={t('billing.mail.send')}
      ready={data !== undefined && (elsewhere ? isEmail(email) : reaches.length > 0)}
      size="md"
      onSubmit={async () => {
        const to = elsewhere ? { to: { email: email.trim(), name: '', language } } : {}
        const answer = await send.run({ invoiceId: invoice.id, note, ...to })
        toasts.show({
          text: t('billing.mail.asked', { to: answer.to.map(one => one.email).join(', ') }),
        })
      }}
    >
      {elsewhere ? (
        <>
          <TextInput
            label={t('billing.mail.address')}
            value={email}
            data-autofocus
            onChange={event => setEmail(event.currentTarget.value)}
          />
          <Select
            label={t('workspace.notifications.texts.language')}
            value={language}
            allowDeselect={false}
            data={LANGUAGES.map(value => ({
              value,
              label: t(`workspace.notifications.texts.languageWord.${value}`),
            }))}
            onChange={next => setLanguage((next ?? 'en') as typeof language)}
          />
        </>
      ) : (
        <div>
          <p>{reaches.length === 0 ? t('billing.mail.nobody') : t('billing.mail.to')}</p>
          <ul>
            {reaches.map(one => (
              <li key={one.email}>
                {one.name} &lt;{one.email}&gt;
                {one.suppressed === null ? null : ` · ${t('billing.mail.suppressed')}`}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <Button size="compact-sm" onClick={() => setElsewhere(!elsewhere)}>
          {t(elsewhere ? 'billing.mail.toContacts' : 'billing.mail.elsewhere')}
        </Button>
      </div>
      <Textarea
        label={t('billing.mail.note')}
        description={t('billing.mail.noteText')}
        value={note}
        maxLength={2000}
        onChange={event => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
