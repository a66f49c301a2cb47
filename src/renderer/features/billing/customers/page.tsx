import { useAddress } from '#renderer/app/address.ts'
import { CustomerPage } from './customer-page.tsx'
import { CustomersList } from './customers-list.tsx'
import { ImportPage } from './import-page.tsx'

/** Customers: the list, one of them, or a file that brings more. Which it is stands in the address. */
export function CustomersPage() {
  const { params } = useAddress()
  const customer = params.get('customer')
  if (customer) return <CustomerPage key={customer} customerId={customer} />
  if (params.has('import')) return <ImportPage />
  return <CustomersList />
}
