import type { BillContext } from './bills.ts'
import { instantOf } from './days.ts'
import { amountText, decimalText, PRICE_PLACES } from './decimal.ts'
import { extrasOf } from './extras.ts'
import { AT, type DemoValues } from './focus-columns.ts'
import type { Extra } from './model.ts'
import { blankRow, setService, setSubAccount } from './row-parts.ts'

/** The lines of one bill that no meter made. Their four costs are the same, as FOCUS asks of them. */
export function extraRows(context: BillContext): DemoValues[] {
  return extrasOf(context.account, context.month, context.company.span)
    .filter(extra => extra.from < context.until)
    .map(extra => rowOf(context, extra))
}

function rowOf(context: BillContext, extra: Extra): DemoValues {
  const values = blankRow(context)
  const cost = amountText(extra.amount)
  if (extra.subAccount !== null) setSubAccount(values, extra.account, extra.subAccount)
  setService(values, extra.account, extra.service)
  values[AT.ChargeCategory] = extra.category
  values[AT.ChargeClass] = extra.correction ? 'Correction' : ''
  values[AT.ChargeFrequency] = extra.frequency
  values[AT.ChargeDescription] = extra.description
  values[AT.ChargePeriodStart] = instantOf(extra.from)
  values[AT.ChargePeriodEnd] = instantOf(extra.to)
  values[AT.ListCost] = cost
  values[AT.ContractedCost] = cost
  values[AT.BilledCost] = cost
  values[AT.EffectiveCost] = cost
  values[AT.Tags] = extra.tags
  if (extra.sku !== null) {
    const price = decimalText(extra.sku.price, PRICE_PLACES)
    values[AT.PricingCategory] = 'Standard'
    values[AT.PricingQuantity] = String(extra.sku.quantity)
    values[AT.PricingUnit] = extra.sku.unit
    values[AT.ListUnitPrice] = price
    values[AT.ContractedUnitPrice] = price
    values[AT.SkuId] = `purchase/${extra.sku.id}`
    values[AT.SkuPriceId] = `purchase/${extra.sku.id}/${price}`
    values[AT.SkuMeter] = extra.description
  }
  return values
}
