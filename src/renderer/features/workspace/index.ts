import {
  IconActivityHeartbeat,
  IconAdjustments,
  IconBuilding,
  IconHelpCircle,
  IconHistory,
  IconKey,
  IconListCheck,
  IconSearch,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react'
import type { Feature } from '#renderer/app/feature.ts'
import { contract } from '#shared/contract/index.ts'

/** People, settings, jobs, log, keys and the state of the workspace itself. */
export const workspace: Feature = {
  id: 'workspace',
  icon: IconBuilding,
  screens: [
    {
      path: '/workspace/jobs',
      title: t => t('workspace.screen.jobs'),
      icon: IconListCheck,
      key: 'g j',
      inRail: true,
      load: async () => (await import('./jobs/jobs-page.tsx')).JobsPage,
    },
    {
      path: '/workspace/people',
      title: t => t('workspace.screen.people'),
      icon: IconUsers,
      key: 'g p',
      inRail: true,
      load: async () => (await import('./people/people-page.tsx')).PeoplePage,
    },
    {
      path: '/workspace/log',
      title: t => t('workspace.screen.log'),
      icon: IconHistory,
      key: 'g l',
      inRail: true,
      load: async () => (await import('./log/log-page.tsx')).LogPage,
    },
    {
      path: '/workspace/keys',
      title: t => t('workspace.screen.keys'),
      icon: IconKey,
      key: 'g k',
      needs: contract.workspace.keys.list,
      inRail: true,
      load: async () => (await import('./keys/keys-page.tsx')).KeysPage,
    },
    {
      path: '/workspace/settings',
      title: t => t('workspace.screen.settings'),
      icon: IconSettings,
      key: 'g s',
      inRail: true,
      load: async () => (await import('./settings/settings-page.tsx')).SettingsPage,
    },
    {
      path: '/workspace/diagnostics',
      title: t => t('workspace.screen.diagnostics'),
      icon: IconActivityHeartbeat,
      key: 'g d',
      inRail: true,
      load: async () => (await import('./diagnostics/diagnostics-page.tsx')).DiagnosticsPage,
    },
    {
      path: '/workspace/search',
      title: t => t('workspace.screen.search'),
      icon: IconSearch,
      inRail: false,
      load: async () => (await import('./search/search-page.tsx')).SearchPage,
    },
    {
      path: '/workspace/preferences',
      title: t => t('workspace.screen.preferences'),
      icon: IconAdjustments,
      key: 'g o',
      inRail: true,
      load: async () => (await import('./preferences/preferences-page.tsx')).PreferencesPage,
    },
    {
      path: '/workspace/about',
      title: t => t('workspace.screen.about'),
      icon: IconHelpCircle,
      key: 'g h',
      inRail: true,
      load: async () => (await import('./about/about-page.tsx')).AboutPage,
    },
  ],
}
