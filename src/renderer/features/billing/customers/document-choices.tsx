import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EInvoiceChoice } from '#shared/contract/billing/e-invoices.ts'
import { contract } from '#shared/contract/index.ts'

const { contact, eInvoice } = contract.billing
const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const
const CHOICES = EInvoiceChoice.options
/** As the workspace says. */
const USUAL = 'usual'

/** In which language a customer's documents are, and which electronic invoice goes out with its invoices. */
export function DocumentChoices({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const messages = useCoreQuery(contact.list, { customerId })
  const chosen = useCoreQuery(eInvoice.get, { customerId })
  const setMessages = useCommand(contact.setMessages)
  const choose = useCommand(eInvoice.choose)
  const setReference = useCommand(eInvoice.setReference)
  if (!messages.data || !chosen.data) return null
  const { sendInvoices, language } = messages.data
  const run = async (work: (commandId: string) => Promise<unknown>, text: string) => {
    const commandId = newCommandId()
    try {
      await work(commandId)
      said(text, commandId)
    } catch (error) {
      toasts.fail(error)
    }
  }
  return (
    <>
      <Select
        label={t('billing.eInvoice.language')}
        value={language ?? USUAL}
        allowDeselect={false}
        disabled={!may(contact.setMessages)}
        data={[
          { value: USUAL, label: t('billing.eInvoice.usual') },
          ...LANGUAGES.map(value => ({
            value,
            label: t(`workspace.notifications.texts.languageWord.${value}`),
          })),
        ]}
        onChange={next =>
          void run(
            commandId =>
              setMessages.run(
                { customerId, sendInvoices, language: LANGUAGES.find(one => one === next) ?? null },
                commandId,
              ),
            t('billing.eInvoice.languageSaved'),
          )
        }
      />
      <Select
        label={t('billing.eInvoice.goesWith')}
        value={chosen.data.format ?? USUAL}
        allowDeselect={false}
        disabled={!may(eInvoice.choose)}
        data={[
          {
            value: USUAL,
            label: t('billing.eInvoice.usualFormat', {
              format: t(`billing.eInvoice.format.${chosen.data.workspace}`),
            }),
          },
          ...CHOICES.map(value => ({ value, label: t(`billing.eInvoice.format.${value}`) })),
        ]}
        onChange={next =>
          void run(
            commandId =>
              choose.run({ customerId, format: CHOICES.find(one => one === next) ?? null }, commandId),
            t('billing.eInvoice.saved'),
          )
        }
      />
      <TextInput
        key={chosen.data.buyerReference}
        label={t('billing.eInvoice.buyerReference')}
        description={t('billing.eInvoice.buyerReferenceHint')}
        defaultValue={chosen.data.buyerReference}
        maxLength={100}
        disabled={!may(eInvoice.setReference)}
        onBlur={event => {
          const buyerReference = event.currentTarget.value.trim()
          if (buyerReference === chosen.data?.buyerReference) return
          void run(
            commandId => setReference.run({ customerId, buyerReference }, commandId),
            t('billing.eInvoice.buyerReferenceSaved'),
          )
        }}
        onKeyDown={event => {
          if (event.key === 'Enter') event.currentTarget.blur()
        }}
      />
    </>
  )
}
