import {
  IconCalendarCheck,
  IconFileCheck,
  IconGauge,
  IconListDetails,
  IconReceipt2,
  IconUsersGroup,
} from '@tabler/icons-react'
import type { Feature } from '#renderer/app/feature.ts'

/** The screens of billing: whom we bill, for what, and what comes of it. */
export const billing: Feature = {
  id: 'billing',
  icon: IconReceipt2,
  screens: [
    {
      path: '/billing/invoices',
      title: t => t('billing.review.title'),
      icon: IconFileCheck,
      key: 'g i',
      inRail: true,
      load: async () => (await import('./review/page.tsx')).InvoicesPage,
    },
    {
      path: '/billing/close',
      title: t => t('billing.close.title'),
      icon: IconCalendarCheck,
      key: 'g x',
      inRail: true,
      load: async () => (await import('./close/page.tsx')).ClosePage,
    },
    {
      path: '/billing/usage',
      title: t => t('billing.usage.title'),
      icon: IconGauge,
      key: 'g a',
      inRail: true,
      load: async () => (await import('./usage/page.tsx')).UsagePage,
    },
    {
      path: '/billing/customers',
      title: t => t('billing.screen.customers'),
      icon: IconUsersGroup,
      key: 'g u',
      inRail: true,
      load: async () => (await import('./customers/page.tsx')).CustomersPage,
    },
    {
      path: '/billing/plans',
      title: t => t('billing.screen.plans'),
      icon: IconListDetails,
      key: 'g n',
      inRail: true,
      load: async () => (await import('./plans/page.tsx')).PlansPage,
    },
  ],
}
