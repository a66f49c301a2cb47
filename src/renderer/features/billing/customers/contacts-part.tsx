import { Button, Select, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { isEmail } from '#renderer/features/workspace/email.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import type { Contact } from '#shared/contract/billing/mails.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { DocumentChoices } from './document-choices.tsx'

const { contact: leaf } = contract.billing
const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const

/** Who at a customer gets its invoices, and whether they go out by themselves. */
export function ContactsPart({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const query = useCoreQuery(leaf.list, { customerId })
  const remove = useCommand(leaf.remove)
  const setMessages = useCommand(leaf.setMessages)
  const [asked, setAsked] = useState<Contact | 'new' | null>(null)
  const add = useMemo(
    () =>
      defineAction(leaf.add, {
        label: () => t('billing.mail.addContact'),
        key: 'a',
        icon: IconPlus,
        when: () => may(leaf.add),
        run: () => setAsked('new'),
      }),
    [t, may],
  )
  useActions(useMemo(() => [bindAction(add, undefined)], [add]))
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return null
  const { contacts, reaches, sendInvoices, workspaceSends, language } = query.data
  const run = async (work: (commandId: string) => Promise<unknown>, text: string) => {
    const commandId = newCommandId()
    try {
      await work(commandId)
      said(text, commandId)
    } catch (error) {
      toasts.fail(error)
    }
  }
  const save = (sends: boolean | null) =>
    run(
      commandId => setMessages.run({ customerId, sendInvoices: sends, language }, commandId),
      t('billing.mail.savedMessages'),
    )
  const changes = may(leaf.edit)
  return (
    <Section title={t('billing.mail.contacts')} aside={<ActionButton action={add} context={undefined} />}>
      {contacts.length === 0 ? (
        <p>
          {reaches[0] ? t('billing.mail.noContacts', { email: reaches[0].email }) : t('billing.mail.nobody')}
        </p>
      ) : null}
      <ul className={classes.contacts}>
        {contacts.map(one => (
          <li key={one.id}>
            <span>
              {one.name}
              <small>
                {one.email} · {t(`workspace.notifications.texts.languageWord.${one.language}`)}
                {reaches.find(reached => reached.email === one.email)?.suppressed
                  ? ` · ${t('billing.mail.suppressed')}`
                  : ''}
              </small>
            </span>
            {changes ? (
              <span>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t('billing.mail.edit')}: ${one.name}`}
                  onClick={() => setAsked(one)}
                >
                  {t('billing.mail.edit')}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t('billing.mail.remove')}: ${one.name}`}
                  onClick={() =>
                    void run(
                      commandId => remove.run({ contactId: one.id }, commandId),
                      t('billing.mail.removed', { name: one.name }),
                    )
                  }
                >
                  {t('billing.mail.remove')}
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      <Select
        label={t('billing.mail.automatic')}
        value={sendInvoices === null ? 'usual' : sendInvoices ? 'yes' : 'no'}
        allowDeselect={false}
        disabled={!may(leaf.setMessages)}
        data={[
          {
            value: 'usual',
            label: t(workspaceSends ? 'billing.mail.usualYes' : 'billing.mail.usualNo'),
          },
          { value: 'yes', label: t('billing.mail.always') },
          { value: 'no', label: t('billing.mail.never') },
        ]}
        onChange={next => void save(next === 'usual' ? null : next === 'yes')}
      />
      <DocumentChoices customerId={customerId} />
      {asked === null ? null : (
        <ContactDialog
          customerId={customerId}
          contact={asked === 'new' ? null : asked}
          onClose={() => setAsked(null)}
        />
      )}
    </Section>
  )
}

function ContactDialog({
  customerId,
  contact,
  onClose,
}: {
  readonly customerId: string
  readonly contact: Contact | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const add = useCommand(leaf.add)
  const edit = useCommand(leaf.edit)
  const [name, setName] = useState(contact?.name ?? '')
  const [email, setEmail] = useState(contact?.email ?? '')
  const [language, setLanguage] = useState<Contact['language']>(contact?.language ?? 'en')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={contact?.name ?? t('billing.mail.addContact')}
      submit={t('billing.mail.saveContact')}
      ready={name.trim() !== '' && isEmail(email)}
      onSubmit={async () => {
        const commandId = newCommandId()
        const values = { name: name.trim(), email: email.trim(), language }
        if (contact === null) await add.run({ customerId, ...values }, commandId)
        else await edit.run({ contactId: contact.id, ...values }, commandId)
        said(t('billing.mail.savedContact', { name: values.name }), commandId)
      }}
    >
      <TextInput
        label={t('billing.mail.name')}
        value={name}
        maxLength={200}
        data-autofocus
        onChange={event => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('billing.mail.address')}
        value={email}
        maxLength={254}
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
        onChange={next => setLanguage((next ?? 'en') as Contact['language'])}
      />
    </FormDialog>
  )
}
