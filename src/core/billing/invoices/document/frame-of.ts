import type { FrameFacts } from '#core/documents/document-frame.ts'
import type { Settings } from '#shared/settings.ts'
import type { Parties } from '../parties.ts'

/** A workspace says its zone and not its country, which only matters where Han characters are written. */
const COUNTRY_OF_ZONE: Readonly<Record<string, string>> = {
  'Asia/Tokyo': 'JP',
  'Asia/Seoul': 'KR',
  'Asia/Shanghai': 'CN',
  'Asia/Taipei': 'TW',
  'Asia/Hong_Kong': 'HK',
}

/** What all documents of a customer say of both parties, and in which language. */
export function frameOf({ workspace, customer, language }: Parties, settings: Settings): FrameFacts {
  return {
    // What was issued before documents had languages is in English.
    language: language ?? 'en',
    seller: {
      name: workspace.legalName,
      address: workspace.address,
      country: workspace.country || COUNTRY_OF_ZONE[workspace.zone] || '',
      taxId: workspace.taxId,
      email: workspace.email ?? '',
      footer: workspace.footer,
      accent: workspace.accentColour,
      // Of now: it is only looks, and would be stored with every invoice.
      logo: settings['billing.logo'],
    },
    buyer: {
      name: customer.legalName,
      address: customer.address,
      country: customer.country,
      taxId: customer.taxId,
      email: customer.email,
    },
  }
}
