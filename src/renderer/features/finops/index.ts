import { IconChartHistogram, IconCoins, IconFileInvoice } from '@tabler/icons-react'
import type { Feature } from '#renderer/app/feature.ts'

/** The screens of cloud and vendor cost. */
export const finops: Feature = {
  id: 'finops',
  icon: IconCoins,
  screens: [
    {
      path: '/finops/explorer',
      title: t => t('finops.nav.explorer'),
      icon: IconChartHistogram,
      key: 'g c',
      inRail: true,
      isStart: true,
      usesPeriod: true,
      load: async () => (await import('./explorer/page.tsx')).ExplorerPage,
    },
    {
      path: '/finops/bills',
      title: t => t('finops.nav.imports'),
      icon: IconFileInvoice,
      key: 'g b',
      inRail: true,
      load: async () => (await import('./imports/page.tsx')).BillsPage,
    },
  ],
}
