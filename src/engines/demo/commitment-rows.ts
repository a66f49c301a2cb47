import type { BillContext } from './bills.ts'
import type { Coverage } from './coverage.ts'
import { type Day, instantOf } from './days.ts'
import { amountOf, amountText, decimalText, type Micro, PRICE_PLACES, quantityText } from './decimal.ts'
import { AT, type DemoValues } from './focus-columns.ts'
import type { Commitment } from './model.ts'
import { blankRow, setService, setSubAccount } from './row-parts.ts'

/**
 * What commitments add to a bill: their purchase, once for the term or month by month, billed and with an
 * effective cost of zero, and for each day the part that nothing used.
 */
export function* commitmentRows(context: BillContext, coverage: Coverage): Generator<DemoValues> {
  const { start, end, until } = context
  for (const [index, commitment] of coverage.commitments.entries()) {
    const whole = commitment.payment === 'upfront'
    if (whole && commitment.from >= start)
      yield purchase(context, commitment, start, start + 1, termDays(commitment))
    if (!whole) yield purchase(context, commitment, start, end, end - start)
    for (let day = start; day < until; day++) {
      const left = coverage.left[index]![day - start]!
      if (left > 0n) yield unused(context, commitment, day, Number(left / 1_000_000_000_000n), left)
    }
  }
}

function termDays(commitment: Commitment): number {
  return commitment.to - commitment.from
}

function purchase(
  context: BillContext,
  commitment: Commitment,
  from: Day,
  to: Day,
  days: number,
): DemoValues {
  const quantity: Micro = commitment.perDay * days
  const cost = amountText(amountOf(commitment.rate, quantity))
  const values = commitmentRow(context, commitment, from, to)
  values[AT.ChargeCategory] = 'Purchase'
  values[AT.ChargeFrequency] = commitment.payment === 'upfront' ? 'One-Time' : 'Recurring'
  values[AT.ChargeDescription] = `${commitment.type}: ${commitment.name}`
  values[AT.PricingCategory] = 'Standard'
  values[AT.PricingQuantity] = quantityText(quantity)
  values[AT.CommitmentDiscountQuantity] = quantityText(quantity)
  values[AT.ListCost] = cost
  values[AT.ContractedCost] = cost
  values[AT.BilledCost] = cost
  values[AT.EffectiveCost] = '0'
  return values
}

/** `left` is in 10^-18 of the unit, `quantity` the same in 10^-6, rounded down. */
function unused(
  context: BillContext,
  commitment: Commitment,
  day: Day,
  quantity: Micro,
  left: bigint,
): DemoValues {
  const effective = commitment.category === 'Usage' ? amountOf(commitment.rate, quantity) : left
  const values = commitmentRow(context, commitment, day, day + 1)
  values[AT.ChargeCategory] = 'Usage'
  values[AT.ChargeFrequency] = 'Usage-Based'
  values[AT.ChargeDescription] = `Unused ${commitment.type.toLowerCase()}: ${commitment.name}`
  values[AT.PricingCategory] = 'Committed'
  values[AT.PricingQuantity] = amountText(left)
  values[AT.CommitmentDiscountQuantity] = amountText(left)
  values[AT.CommitmentDiscountStatus] = 'Unused'
  values[AT.ListCost] = amountText(effective)
  values[AT.ContractedCost] = amountText(effective)
  values[AT.BilledCost] = '0'
  values[AT.EffectiveCost] = amountText(effective)
  return values
}

/** The resource of a purchase and of an unused part is the commitment itself. */
function commitmentRow(context: BillContext, commitment: Commitment, from: Day, to: Day): DemoValues {
  const { account, region, sku } = commitment
  const rate = decimalText(commitment.rate, PRICE_PLACES)
  const skuId = `commitment/${sku?.key ?? 'spend'}`
  const values = blankRow(context)
  setSubAccount(values, account, commitment.subAccount)
  setService(values, account, commitment.service)
  values[AT.ChargePeriodStart] = instantOf(from)
  values[AT.ChargePeriodEnd] = instantOf(to)
  values[AT.RegionId] = region.id
  values[AT.RegionName] = region.name
  values[AT.ResourceId] = commitment.id
  values[AT.ResourceName] = commitment.name
  values[AT.ResourceType] = commitment.type
  values[AT.CommitmentDiscountCategory] = commitment.category
  values[AT.CommitmentDiscountId] = commitment.id
  values[AT.CommitmentDiscountName] = commitment.name
  values[AT.CommitmentDiscountType] = commitment.type
  values[AT.CommitmentDiscountUnit] = commitment.unit
  values[AT.PricingUnit] = commitment.unit
  values[AT.ListUnitPrice] = rate
  values[AT.ContractedUnitPrice] = rate
  values[AT.SkuId] = skuId
  values[AT.SkuPriceId] = `${skuId}/${region.id}/${commitment.payment}`
  values[AT.SkuMeter] = commitment.type
  return values
}
