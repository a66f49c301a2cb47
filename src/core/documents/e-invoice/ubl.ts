import type { UblInvoice } from '@e-invoice-eu/core'
import { zoned } from '#engines/billing/calendar.ts'
import { type ComposedLine, compose, type TaxCategory } from '#engines/billing/e-invoice/compose.ts'
import { townOf } from '#engines/billing/e-invoice/problems.ts'
import { moneyText } from '#engines/billing/exact.ts'
import type { Party } from '../document-frame.ts'
import { dayText } from '../document-text.ts'
import { payableOf } from '../invoice-document.ts'
import { documentWords, isVatNumber } from '../words/document-words.ts'
import { type EInvoiceFacts, givenLines, placesOf } from './e-invoice-facts.ts'

/** UNTDID 1001: commercial invoice, credit note. */
const TYPE_CODES = { invoice: '380', 'credit-note': '381' } as const
/** UNTDID 4461: credit transfer within SEPA, and any. */
const [SEPA_TRANSFER, TRANSFER] = ['58', '30']
/** UNTDID 5189: discount. */
const DISCOUNT = '95'
/** Code list EAS of electronic addresses: an e-mail address. */
const E_MAIL = 'EM'
/** Code list VATEX: why no tax is charged. An exemption has a reason in words. */
const EXEMPTION_CODES: Readonly<Partial<Record<TaxCategory, string>>> = {
  ...{ AE: 'VATEX-EU-AE', K: 'VATEX-EU-IC', G: 'VATEX-EU-G', O: 'VATEX-EU-O' },
}

/**
 * An invoice by the names of UBL, from which the library writes each syntax. Its figures are those of `compose`.
 * @param german towns, post codes and a telephone number stand apart, as XRechnung wants them
 */
export function ublOf(facts: EInvoiceFacts, german = false): UblInvoice {
  const { kind, currency, zone, language, payTo, taxAmount, buyerReference } = facts
  const words = documentWords(language)
  const made = compose(kind, givenLines(facts))
  // BT-113 and BT-115: what had paid of it at its issue, and what is left. A credit note asks for nothing.
  const payable =
    kind === 'invoice' ? payableOf({ total: made.total, prepaid: facts.prepaid ?? null }) : made.total
  const money = (name: string, minor: bigint) => ({
    [`cbc:${name}`]: moneyText(minor, placesOf(currency)),
    [`cbc:${name}@currencyID`]: currency,
  })
  const day = (at: bigint) => zoned(at, zone).toPlainDate().toString()
  const period = ({ from, to }: { from: bigint; to: bigint }) => ({
    ...{ 'cbc:StartDate': day(from), 'cbc:EndDate': day(to > from ? to - 1n : to) },
  })
  const category = (id: TaxCategory, percent: string) => ({
    'cbc:ID': id,
    // What is outside the scope of tax has no rate (BR-O-05).
    ...(id === 'O' ? {} : { 'cbc:Percent': percent }),
    'cac:TaxScheme': { 'cbc:ID': 'VAT' },
  })
  const intoEu = made.lines.some(line => line.category === 'K')
  return {
    'ubl:Invoice': {
      'cbc:ID': facts.number!,
      'cbc:IssueDate': day(facts.issuedAt!),
      ...(facts.dueAt === null ? {} : { 'cbc:DueDate': day(facts.dueAt) }),
      'cbc:InvoiceTypeCode': TYPE_CODES[kind],
      ...(facts.corrects ? { 'cbc:Note': [`${words.reason}: ${facts.corrects.reason}`] } : {}),
      'cbc:DocumentCurrencyCode': currency,
      ...(taxAmount ? { 'cbc:TaxCurrencyCode': taxAmount.currency } : {}),
      ...(buyerReference === '' ? {} : { 'cbc:BuyerReference': buyerReference }),
      'cac:InvoicePeriod': period(facts.period),
      ...(facts.purchaseOrder ? { 'cac:OrderReference': { 'cbc:ID': facts.purchaseOrder } } : {}),
      ...(facts.corrects
        ? {
            'cac:BillingReference': [
              {
                'cac:InvoiceDocumentReference': {
                  'cbc:ID': facts.corrects.number,
                  ...(facts.correctsIssuedAt === null
                    ? {}
                    : { 'cbc:IssueDate': day(facts.correctsIssuedAt) }),
                },
              },
            ],
          }
        : {}),
      'cac:AccountingSupplierParty': { 'cac:Party': sellerOf(facts, german) },
      'cac:AccountingCustomerParty': { 'cac:Party': buyerOf(facts.buyer, german) },
      // Also what has no place of delivery has a delivery: the schema of CII wants one.
      'cac:Delivery': {
        'cbc:ActualDeliveryDate': period(facts.period)['cbc:EndDate'],
        ...(intoEu ? { 'cac:DeliveryLocation': { 'cac:Address': countryOf(facts.buyer.country) } } : {}),
      },
      ...(payTo && kind === 'invoice'
        ? {
            'cac:PaymentMeans': [
              {
                'cbc:PaymentMeansCode': currency === 'EUR' ? SEPA_TRANSFER : TRANSFER,
                'cbc:PaymentID': facts.number!,
                'cac:PayeeFinancialAccount': {
                  'cbc:ID': payTo.iban,
                  ...(payTo.holder ? { 'cbc:Name': payTo.holder } : {}),
                  ...(payTo.bic ? { 'cac:FinancialInstitutionBranch': { 'cbc:ID': payTo.bic } } : {}),
                },
              },
            ],
          }
        : {}),
      'cac:PaymentTerms': {
        'cbc:Note':
          facts.dueAt === null ? words.credited : `${words.due}: ${dayText(facts.dueAt, zone, language)}`,
      },
      ...(made.allowances.length === 0
        ? {}
        : {
            'cac:AllowanceCharge': made.allowances.map(one => ({
              'cbc:ChargeIndicator': 'false',
              'cbc:AllowanceChargeReasonCode': DISCOUNT,
              'cbc:AllowanceChargeReason': one.reason,
              ...money('Amount', one.amount),
              'cac:TaxCategory': category(one.category, one.percent),
            })),
          }),
      'cac:TaxTotal': [
        {
          ...money('TaxAmount', made.tax),
          'cac:TaxSubtotal': made.breakdown.map(one => ({
            ...money('TaxableAmount', one.taxable),
            ...money('TaxAmount', one.tax),
            'cac:TaxCategory': withExemption(category(one.category, one.percent), one),
          })),
        },
        // BT-111: the tax in the currency of the books, without categories; turned round as the rest of a credit note.
        ...(taxAmount
          ? [
              {
                'cbc:TaxAmount': moneyText(
                  kind === 'invoice' ? taxAmount.amount : -taxAmount.amount,
                  placesOf(taxAmount.currency),
                ),
                'cbc:TaxAmount@currencyID': taxAmount.currency,
              },
            ]
          : []),
      ],
      'cac:LegalMonetaryTotal': {
        ...money('LineExtensionAmount', made.lineTotal),
        ...money('TaxExclusiveAmount', made.net),
        ...money('TaxInclusiveAmount', made.total),
        ...(made.allowanceTotal === 0n ? {} : money('AllowanceTotalAmount', made.allowanceTotal)),
        ...(payable === made.total ? {} : money('PrepaidAmount', made.total - payable)),
        ...money('PayableAmount', payable),
      },
      'cac:InvoiceLine': made.lines.map((line, index) => ({
        'cbc:ID': String(index + 1),
        'cbc:InvoicedQuantity': line.quantity,
        'cbc:InvoicedQuantity@unitCode': line.unitCode,
        ...money('LineExtensionAmount', line.amount),
        'cac:InvoicePeriod': period(line.service),
        'cac:Item': {
          'cbc:Name': line.name,
          'cac:ClassifiedTaxCategory': category(line.category, line.percent),
        },
        'cac:Price': priceOf(line, money),
      })),
    },
  }
}

/** The price for so many units as the line counts, which gives its amount exactly. */
function priceOf(line: ComposedLine, money: (name: string, minor: bigint) => object) {
  return {
    ...money('PriceAmount', line.price),
    ...{ 'cbc:BaseQuantity': line.base, 'cbc:BaseQuantity@unitCode': line.unitCode },
  }
}

function withExemption(
  category: object,
  { category: id, exemption }: { readonly category: TaxCategory; readonly exemption: string },
) {
  if (id === 'S' || id === 'Z') return category
  const code = EXEMPTION_CODES[id]
  const { 'cac:TaxScheme': scheme, ...rest } = category as Record<string, unknown>
  return {
    ...rest,
    ...(code ? { 'cbc:TaxExemptionReasonCode': code } : {}),
    'cbc:TaxExemptionReason': exemption === '' ? (REASONS[id] ?? 'Exempt') : exemption,
    'cac:TaxScheme': scheme,
  }
}

const REASONS: Readonly<Partial<Record<TaxCategory, string>>> = {
  AE: 'Reverse charge',
  K: 'Intra-Community supply',
  G: 'Export outside the EU',
  O: 'Not subject to VAT',
}

/** An address whose town and post code stand apart, where a line says both. */
function germanAddressOf({ address, country }: Party) {
  const town = townOf(address)
  const others = address.filter((line, index) => line.trim() !== '' && index !== town?.line)
  const [first, second, ...rest] = others
  return {
    ...(first === undefined ? {} : { 'cbc:StreetName': first }),
    ...(second === undefined ? {} : { 'cbc:AdditionalStreetName': second }),
    ...(town ? { 'cbc:CityName': town.town, 'cbc:PostalZone': town.code } : {}),
    ...(rest.length === 0 ? {} : { 'cac:AddressLine': { 'cbc:Line': rest.join(', ') } }),
    ...countryOf(country),
  }
}

function addressOf({ address, country }: Party) {
  const [first, second, ...rest] = address.filter(line => line.trim() !== '')
  return {
    ...(first === undefined ? {} : { 'cbc:StreetName': first }),
    ...(second === undefined ? {} : { 'cbc:AdditionalStreetName': second }),
    ...(rest.length === 0 ? {} : { 'cac:AddressLine': { 'cbc:Line': rest.join(', ') } }),
    ...countryOf(country),
  }
}

function countryOf(country: string) {
  return { 'cac:Country': { 'cbc:IdentificationCode': country } }
}

function endpointOf({ email }: Party) {
  return email === '' ? {} : { 'cbc:EndpointID': email, 'cbc:EndpointID@schemeID': E_MAIL }
}

function contactOf({ email }: Party, contact?: EInvoiceFacts['contact']) {
  const said = {
    ...(contact ? { 'cbc:Name': contact.name, 'cbc:Telephone': contact.phone } : {}),
    ...(email === '' ? {} : { 'cbc:ElectronicMail': email }),
  }
  return Object.keys(said).length === 0 ? {} : { 'cac:Contact': said }
}

/** A VAT number without the signs between its parts; another number as it is written. */
function plainTaxId(taxId: string): string {
  return isVatNumber(taxId) ? taxId.toUpperCase().replace(/[\s.-]/g, '') : taxId
}

function sellerOf({ seller, contact }: EInvoiceFacts, german: boolean) {
  return {
    ...endpointOf(seller),
    'cac:PostalAddress': german ? germanAddressOf(seller) : addressOf(seller),
    'cac:PartyTaxScheme': [
      {
        'cbc:CompanyID': plainTaxId(seller.taxId),
        // Any other word says that it is a number of a tax office and no VAT number (BT-32).
        'cac:TaxScheme': { 'cbc:ID': isVatNumber(seller.taxId) ? 'VAT' : 'TAX' },
      },
    ],
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': seller.name },
    ...contactOf(seller, german ? contact : undefined),
  }
}

function buyerOf(buyer: Party, german: boolean) {
  return {
    ...endpointOf(buyer),
    'cac:PostalAddress': german ? germanAddressOf(buyer) : addressOf(buyer),
    ...(isVatNumber(buyer.taxId)
      ? {
          'cac:PartyTaxScheme': {
            'cbc:CompanyID': plainTaxId(buyer.taxId),
            'cac:TaxScheme': { 'cbc:ID': 'VAT' },
          },
        }
      : {}),
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': buyer.name },
    ...contactOf(buyer),
  }
}
