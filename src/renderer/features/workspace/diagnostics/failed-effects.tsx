import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../workspace.module.css'

const { effects } = contract.workspace

/** Notifications that could not be carried out, with a way to try each again. */
export function FailedEffects() {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const query = useCoreQuery(effects.list, { state: 'failed', limit: 50 })
  const retry = useCommand(effects.retry)
  return (
    <Section title={t('workspace.diagnostics.failedEffects')}>
      <table className={classes.table}>
        <tbody>
          {query.data?.effects.map(effect => (
            <tr key={effect.id}>
              <td>
                <When at={effect.createdAt} detail="second" />
              </td>
              <td>
                <code>{effect.kind}</code>
              </td>
              <td>{effect.failure?.message}</td>
              <td data-align="end">
                {may(effects.retry) ? (
                  <Button
                    size="compact-xs"
                    onClick={() => void retry.run({ effectId: effect.id }).catch(error => toasts.fail(error))}
                  >
                    {t('workspace.diagnostics.retryEffect')}
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
