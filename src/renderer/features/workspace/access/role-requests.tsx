import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../workspace.module.css'

const { roles } = contract.access

/** Admins who ask to be approvers, before everything else: another admin decides. */
export function RoleRequests() {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const { person } = useSession()
  const { data } = useCoreQuery(roles.list, {})
  const confirm = useCommand(roles.confirm)
  const refuse = useCommand(roles.refuse)
  const [busy, setBusy] = useState<string | null>(null)
  const decide = async (command: typeof confirm | typeof refuse, requestId: string) => {
    setBusy(requestId)
    try {
      await command.run({ requestId })
    } catch (error) {
      toasts.fail(error)
    } finally {
      setBusy(null)
    }
  }
  const waiting = (data?.requests ?? []).filter(request => request.state === 'waiting')
  return waiting.map(request => {
    const own = request.person.id === person?.id
    const words = {
      name: request.person.name,
      roles: request.roles.map(role => t(`workspace.role.${role}`)).join(', '),
    }
    return (
      <div key={request.id} className={classes.notice}>
        <span>
          {own
            ? t('access.request.own', {
                ...words,
                admins: data?.admins.map(one => one.name).join(', ') ?? '',
              })
            : t('access.request.asks', words)}{' '}
          <When at={request.requestedAt} show="relative" />
        </span>
        {!own && may(roles.confirm) ? (
          <Button loading={busy === request.id} onClick={() => void decide(confirm, request.id)}>
            {t('access.request.confirm')}
          </Button>
        ) : null}
        {may(roles.refuse) ? (
          <Button disabled={busy !== null} onClick={() => void decide(refuse, request.id)}>
            {own ? t('access.request.takeBack') : t('access.request.refuse')}
          </Button>
        ) : null}
      </div>
    )
  })
}
