import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { Page } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import { ConnectForm } from './connect-form.tsx'
import { Connected } from './connected.tsx'
import { UnderWay } from './under-way.tsx'

const { connection } = contract.sync

/** The server of this workspace: connecting to one, how it stands, leaving it. */
export function ConnectionPage() {
  const { t } = useTranslation()
  const may = useMay()
  const { workspace } = useSession()
  const { data: state } = useCoreQuery(connection.state, {}, { refetchInterval: 2000 })
  return (
    <Page title={t('workspace.screen.connection')} subtitle={t('workspace.connection.subtitle')} text>
      {workspace.authority === 'server' ? (
        <>
          <p>{t('workspace.connection.isServer')}</p>
          <p>
            <code>{location.origin}</code>
          </p>
        </>
      ) : !state ? null : state.phase === 'connected' ? (
        <Connected state={state} />
      ) : state.phase !== 'none' ? (
        <UnderWay state={state} />
      ) : may(connection.begin) ? (
        <>
          <p>{t('workspace.connection.text')}</p>
          <ConnectForm failure={state.failure} />
        </>
      ) : (
        <p>{t('workspace.connection.onlyAdmin')}</p>
      )}
    </Page>
  )
}

/** The same before a workspace is set up: an empty one joins that of the server. */
export function FirstConnection({ onBack }: { readonly onBack: () => void }) {
  const { data: state } = useCoreQuery(connection.state, {}, { refetchInterval: 1000 })
  if (!state) return null
  return state.phase === 'none' ? (
    <ConnectForm failure={state.failure} onBack={onBack} />
  ) : (
    <UnderWay state={state} />
  )
}
