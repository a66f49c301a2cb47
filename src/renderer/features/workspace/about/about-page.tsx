import { useTranslation } from 'react-i18next'
import { useHostQuery } from '#renderer/app/core/host.ts'
import { features } from '#renderer/app/features.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { ShortcutList } from '#renderer/app/shell/shortcuts-dialog.tsx'
import { Fields, Page, Section } from '#renderer/ui/page/page.tsx'

/** What this is, which version, and all shortcuts. */
export function AboutPage() {
  const { t } = useTranslation()
  const { workspace } = useSession()
  const host = useHostQuery('about', (client, signal) => client.about({}, { signal }))
  return (
    <Page title={t('workspace.screen.about')} text reading>
      <Section title={t('shell.product')}>
        <p>{t('workspace.about.text')}</p>
        <Fields
          fields={[
            ...(host.data ? [[t('workspace.about.version'), host.data.version] as const] : []),
            [t('workspace.about.workspace'), workspace.name],
            ...(host.data
              ? [[t('workspace.about.database'), <code key="dir">{host.data.workspaceDir}</code>] as const]
              : []),
          ]}
        />
      </Section>
      <Section title={t('workspace.about.shortcuts')}>
        <ShortcutList features={features} />
      </Section>
    </Page>
  )
}
