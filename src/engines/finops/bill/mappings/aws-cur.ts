import type { BillMapping } from '../mapping-schema.ts'

/** The two names of a column: in the classic report and in CUR 2.0. */
const names = (classic: string): string[] => {
  const [group = '', column = ''] = classic.split('/')
  const snake = (text: string) => text.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
  return [classic, `${snake(group)}_${snake(column)}`]
}

const lineItemType = names('lineItem/LineItemType')

/**
 * AWS Cost and Usage Report, classic and 2.0.
 *
 * Billed cost is the unblended cost of every line, so that the total is the bill's. Effective cost spreads what was
 * paid up front: lines covered by a reservation or savings plan cost their share, what was not used stays with the
 * fee's line, and the lines that only balance the books (negation, up-front fees) cost nothing.
 */
export const awsCurMapping: BillMapping = {
  id: 'aws-cur',
  name: 'AWS Cost and Usage Report',
  format: 'aws-cur',
  recognise: [names('lineItem/UnblendedCost'), lineItemType, names('lineItem/UsageStartDate')],
  columns: {
    BilledCost: { columns: names('lineItem/UnblendedCost') },
    EffectiveCost: {
      columns: names('lineItem/UnblendedCost'),
      cases: [
        {
          column: lineItemType,
          is: ['SavingsPlanCoveredUsage'],
          sum: [{ columns: names('savingsPlan/SavingsPlanEffectiveCost') }],
        },
        {
          column: lineItemType,
          is: ['SavingsPlanRecurringFee'],
          sum: [
            { columns: names('savingsPlan/TotalCommitmentToDate') },
            { columns: names('savingsPlan/UsedCommitment'), minus: true },
          ],
        },
        { column: lineItemType, is: ['SavingsPlanNegation', 'SavingsPlanUpfrontFee'], sum: [] },
        {
          column: lineItemType,
          is: ['DiscountedUsage'],
          sum: [{ columns: names('reservation/EffectiveCost') }],
        },
        {
          column: lineItemType,
          is: ['RIFee'],
          sum: [
            { columns: names('reservation/UnusedAmortizedUpfrontFeeForBillingPeriod') },
            { columns: names('reservation/UnusedRecurringFee') },
          ],
        },
        { column: lineItemType, is: ['Fee'], filled: names('reservation/ReservationARN'), sum: [] },
      ],
    },
    ListCost: { columns: [...names('pricing/publicOnDemandCost'), ...names('lineItem/UnblendedCost')] },
    ContractedCost: {
      columns: [...names('lineItem/NetUnblendedCost'), ...names('lineItem/UnblendedCost')],
    },
    BillingCurrency: { columns: names('lineItem/CurrencyCode') },
    BillingAccountId: { columns: names('bill/PayerAccountId'), constant: '(not stated)' },
    BillingAccountName: { columns: names('bill/PayerAccountName') },
    BillingPeriodStart: { columns: names('bill/BillingPeriodStartDate') },
    BillingPeriodEnd: { columns: names('bill/BillingPeriodEndDate') },
    ChargePeriodStart: { columns: names('lineItem/UsageStartDate') },
    ChargePeriodEnd: { columns: names('lineItem/UsageEndDate') },
    ChargeCategory: {
      columns: lineItemType,
      values: {
        Tax: 'Tax',
        Credit: 'Credit',
        Refund: 'Credit',
        Fee: 'Purchase',
        RIFee: 'Purchase',
        SavingsPlanUpfrontFee: 'Purchase',
        SavingsPlanRecurringFee: 'Purchase',
        EdpDiscount: 'Credit',
        PrivateRateDiscount: 'Credit',
        BundledDiscount: 'Credit',
        SavingsPlanNegation: 'Adjustment',
      },
      otherwise: 'Usage',
    },
    ChargeClass: { columns: lineItemType, values: { Refund: 'Correction' }, otherwise: '' },
    ChargeDescription: { columns: names('lineItem/LineItemDescription') },
    ConsumedQuantity: { columns: names('lineItem/UsageAmount') },
    ConsumedUnit: { columns: names('pricing/unit') },
    PricingQuantity: { columns: names('lineItem/UsageAmount') },
    PricingUnit: { columns: names('pricing/unit') },
    ListUnitPrice: { columns: names('pricing/publicOnDemandRate') },
    ContractedUnitPrice: { columns: names('lineItem/UnblendedRate') },
    PricingCategory: {
      columns: lineItemType,
      values: { DiscountedUsage: 'Committed', SavingsPlanCoveredUsage: 'Committed' },
      otherwise: 'Standard',
    },
    CommitmentDiscountId: {
      columns: [...names('savingsPlan/SavingsPlanARN'), ...names('reservation/ReservationARN')],
    },
    InvoiceId: { columns: names('bill/InvoiceId') },
    InvoiceIssuerName: { columns: names('bill/InvoicingEntity') },
    ProviderName: { columns: [], constant: 'AWS' },
    PublisherName: { columns: [...names('lineItem/LegalEntity'), ...names('bill/InvoicingEntity')] },
    RegionId: { columns: [...names('product/regionCode'), ...names('product/region')] },
    RegionName: { columns: [...names('product/location'), ...names('product/fromLocation')] },
    AvailabilityZone: { columns: names('lineItem/AvailabilityZone') },
    ResourceId: { columns: names('lineItem/ResourceId') },
    ServiceName: {
      columns: [
        ...names('product/ProductName'),
        ...names('product/servicename'),
        ...names('lineItem/ProductCode'),
      ],
    },
    ServiceId: { columns: names('lineItem/ProductCode') },
    SkuId: { columns: names('product/sku') },
    SkuMeter: { columns: names('lineItem/UsageType') },
    SkuPriceId: { columns: names('pricing/RateCode') },
    SubAccountId: { columns: names('lineItem/UsageAccountId') },
    SubAccountName: { columns: names('lineItem/UsageAccountName') },
  },
  tags: {
    columns: ['resource_tags'],
    prefixes: ['resourceTags/user:', 'resourceTags/', 'resource_tags_user_', 'resource_tags_'],
  },
  nullTexts: ['NULL', 'null'],
  numberStyle: 'plain',
  dateStyle: 'iso',
}
