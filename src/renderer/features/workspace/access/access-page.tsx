import { SegmentedControl } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { Devices } from './devices-part.tsx'
import { AccessPeople } from './people-part.tsx'
import { RoleRequests } from './role-requests.tsx'
import { useServerAddress } from './server-address.ts'
import { Sessions } from './sessions-part.tsx'
import { Tokens } from './tokens-part.tsx'

const PARTS = ['people', 'sessions', 'devices', 'tokens'] as const
type Part = (typeof PARTS)[number]

/** Who can come in and how: sign-in, open sessions, desks, tokens of programs. */
export function AccessPage() {
  const { t } = useTranslation()
  const may = useMay()
  const { workspace } = useSession()
  const { params, setParams } = useAddress()
  const server = useServerAddress()
  const parts = useMemo(
    () => PARTS.filter(part => part !== 'tokens' || may(contract.access.tokens.list)),
    [may],
  )
  const part = parts.find(one => one === params.get('part')) ?? 'people'
  const choose = (next: string) => setParams(new URLSearchParams({ part: next as Part }))
  return (
    <Page
      title={t('workspace.screen.access')}
      subtitle={t(`access.authority.${workspace.authority}`)}
      actions={
        server === null ? null : (
          <a href={`${server}/account`} target="_blank" rel="noreferrer">
            {t('access.account')}
          </a>
        )
      }
      answer={
        <>
          <RoleRequests />
          <SegmentedControl
            aria-label={t('access.parts')}
            value={part}
            onChange={choose}
            data={parts.map(one => ({ value: one, label: t(`access.part.${one}`) }))}
          />
        </>
      }
      fill
    >
      {workspace.authority === 'standalone' && part !== 'people' ? (
        <EmptyState title={t('access.standalone')} text={t('access.standaloneText')} />
      ) : part === 'people' ? (
        <AccessPeople />
      ) : part === 'sessions' ? (
        <Sessions />
      ) : part === 'devices' ? (
        <Devices />
      ) : (
        <Tokens />
      )}
    </Page>
  )
}
