import { SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { Page } from '#renderer/ui/page/page.tsx'
import { ChannelsPart } from './channels-part.tsx'
import { HistoryPart } from './history-part.tsx'
import { InboxPart } from './inbox-part.tsx'
import { PreferencesPart } from './preferences-part.tsx'
import { SuppressedPart } from './suppressed-part.tsx'
import { TextsPart } from './texts-part.tsx'

const TABS = ['inbox', 'history', 'preferences', 'channels', 'suppressed', 'texts'] as const
type Tab = (typeof TABS)[number]

const PARTS: Readonly<Record<Tab, () => React.ReactNode>> = {
  inbox: InboxPart,
  history: HistoryPart,
  preferences: PreferencesPart,
  channels: ChannelsPart,
  suppressed: SuppressedPart,
  texts: TextsPart,
}

/** What one was told, what went out to whom, and who decides about it. */
export function NotificationsPage() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const tab = TABS.find(one => one === params.get('tab')) ?? 'inbox'
  const Part = PARTS[tab]
  return (
    <Page
      title={t('workspace.notifications.screen')}
      subtitle={t('workspace.notifications.text')}
      answer={
        <SegmentedControl
          aria-label={t('workspace.notifications.screen')}
          value={tab}
          onChange={next => setParams(new URLSearchParams({ tab: next }))}
          data={TABS.map(one => ({ value: one, label: t(`workspace.notifications.tab.${one}`) }))}
        />
      }
      fill
    >
      <Part />
    </Page>
  )
}
