import { describe, expect, it } from 'vitest'
import type { Parties, SellerEntity } from '../invoices/parties.ts'
import { payToEntity } from './pay-to.ts'

const entity: SellerEntity = {
  ...{ id: '1', key: 'de', country: 'DE', currency: 'EUR', registrations: [] },
  ...{ bankName: 'Bank', iban: 'DE02 1203 0000 0000 2020 51', bic: 'BYLADEM1001' },
}
const of = (one?: SellerEntity) =>
  ({ workspace: { legalName: 'Acme GmbH', ...(one ? { entity: one } : {}) } }) as unknown as Parties

describe('where an invoice of a legal entity is paid to', () => {
  it('is its own account, in the currency of its books', () => {
    expect(payToEntity(of(entity), 'EUR')).toEqual({
      ...{ iban: 'DE02120300000000202051', bic: 'BYLADEM1001', holder: 'Acme GmbH' },
    })
  })

  it('is none where there is no entity, another currency, or no IBAN', () => {
    expect(payToEntity(of(), 'EUR')).toBeNull()
    expect(payToEntity(of(entity), 'USD')).toBeNull()
    expect(payToEntity(of({ ...entity, iban: '' }), 'EUR')).toBeNull()
  })
})
