import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import type { contract } from '#shared/contract/index.ts'
import classes from '../workspace.module.css'

type Uncarried = OutputOf<typeof contract.workspace.diagnostics.get>['effects']['uncarried']

/** What waits for another host, because nothing on this one carries it out: how many, and since when. */
export function UncarriedEffects({ effects }: { readonly effects: Uncarried }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (effects.length === 0) return null
  return (
    <Section title={t('workspace.diagnostics.uncarried')}>
      <div className={classes.notice}>
        <span>{t('workspace.diagnostics.uncarriedText')}</span>
      </div>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('workspace.diagnostics.effectKind')}</th>
            <th scope="col" data-align="end">
              {t('workspace.diagnostics.waitingCount')}
            </th>
            <th scope="col">{t('workspace.diagnostics.waitingSince')}</th>
          </tr>
        </thead>
        <tbody>
          {effects.map(({ kind, count, oldest }) => (
            <tr key={kind}>
              <td>
                <code>{kind}</code>
              </td>
              <td data-align="end">{format.integer(count)}</td>
              <td>
                <When at={oldest} show="both" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
