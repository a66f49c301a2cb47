import { Alert, Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { contract } from '#shared/contract/index.ts'
import { useAddress, useGo } from './address.ts'
import { useCoreQuery } from './core/hooks.ts'
import { useMay } from './shell/session.ts'

/** Whether real data must wait for a recovery key. The core refuses it; a page says so before. */
export function useRecoveryNeeded(): boolean {
  return useCoreQuery(contract.workspace.setup.state, {}).data?.recoveryNeeded ?? false
}

/**
 * For pages on which real data goes in: nothing, or why it has to wait and the way to the recovery key, from
 * which one comes back here.
 */
export function RecoveryNotice() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const { path, params } = useAddress()
  if (!useRecoveryNeeded()) return null
  const here = params.size === 0 ? path : `${path}?${params}`
  return (
    <Alert color="yellow" title={t('shell.recovery.title')}>
      <p>{t('shell.recovery.text')}</p>
      {may(contract.workspace.keys.makeRecoveryKey) ? (
        <Button mt="sm" onClick={() => go(`/workspace/keys?${new URLSearchParams({ next: here })}`)}>
          {t('shell.recovery.go')}
        </Button>
      ) : (
        <p>{t('shell.recovery.ask')}</p>
      )}
    </Alert>
  )
}
