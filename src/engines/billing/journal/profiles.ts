import { datevColumns } from './datev-columns.ts'
import type { Column, Profile } from './profile.ts'

const CSV = {
  ...{ encoding: 'utf-8', extension: 'csv', delimiter: ',', newline: '\r\n', decimal: '.', quotes: 'needed' },
  ...{ day: 'yyyy-mm-dd', rows: 'postings', sides: ['debit', 'credit'], heading: true, preamble: [] },
  ...{ accounts: {}, options: {} },
} as const satisfies Partial<Profile>

const PLAIN: Profile = {
  ...CSV,
  ...{ id: 'csv', name: 'CSV' },
  columns: [
    { title: 'entry', field: 'entry' },
    { title: 'line', field: 'line' },
    { title: 'date', field: 'day' },
    { title: 'document', field: 'document' },
    { title: 'text', field: 'text' },
    { title: 'customer', field: 'customer' },
    { title: 'account', field: 'account' },
    { title: 'debit', field: 'debit' },
    { title: 'credit', field: 'credit' },
    { title: 'currency', field: 'currency' },
  ],
  accounts: {
    receivables: { account: 'Receivables' },
    revenue: { account: 'Revenue' },
    discounts: { account: 'Discounts' },
    tax: { account: 'Tax payable' },
    bank: { account: 'Bank' },
    balance: { account: 'Customer balances' },
    'bad-debt': { account: 'Bad debt' },
    other: { account: 'Other' },
  },
}

/**
 * EXTF 700, category 21 (Buchungsstapel), version 13. Net amounts and tax are booked apart, so the tax key of revenue
 * is 40: it switches the automatic tax of the account off. Accounts are those of SKR 03.
 */
const DATEV: Profile = {
  ...CSV,
  ...{ id: 'datev', name: 'DATEV', encoding: 'windows-1252', delimiter: ';', decimal: ',', quotes: 'texts' },
  ...{ day: 'ddmm', rows: 'pairs', sides: ['S', 'H'] },
  preamble: [
    [
      ...['"EXTF"', '700', '21', '"Buchungsstapel"', '13', '{made}', '', '"QD"', '""', '""'],
      ...['{consultant}', '{client}', '{yearStart}', '{accountLength}', '{from}', '{to}', '"{period}"', '""'],
      ...['1', '0', '0', '"{currency}"', '', '""', '', '', '""', '', '', '""', '""'],
    ],
  ],
  columns: datevColumns,
  accounts: {
    receivables: { account: '1400' },
    revenue: { account: '8400', taxKey: '40' },
    discounts: { account: '8700', taxKey: '40' },
    tax: { account: '1776' },
    bank: { account: '1200' },
    balance: { account: '1718' },
    'bad-debt': { account: '2400' },
  },
  options: { consultant: '1001', client: '1', accountLength: '4', yearStart: '0101' },
}

const NETSUITE: Profile = {
  ...CSV,
  ...{ id: 'netsuite', name: 'NetSuite', day: 'mm/dd/yyyy' },
  columns: [
    { title: 'External ID', field: 'entry' },
    { title: 'Date', field: 'day' },
    { title: 'Currency', field: 'currency' },
    { title: 'Subsidiary', option: 'subsidiary' },
    { title: 'Memo', field: 'text', longest: 999 },
    { title: 'Account', field: 'account' },
    { title: 'Debit', field: 'debit' },
    { title: 'Credit', field: 'credit' },
    { title: 'Line Memo', field: 'document' },
    { title: 'Name', field: 'customerName' },
  ],
  options: { subsidiary: '' },
}

/** By the technical names of the fields of a journal entry. */
const SAP: Profile = {
  ...CSV,
  ...{ id: 'sap', name: 'SAP', encoding: 'utf-8-bom', delimiter: ';', day: 'yyyymmdd', sides: ['S', 'H'] },
  columns: [
    { title: 'BUKRS', option: 'companyCode' },
    { title: 'BLART', option: 'documentType' },
    { title: 'BLDAT', field: 'day' },
    { title: 'BUDAT', field: 'day' },
    { title: 'WAERS', field: 'currency' },
    { title: 'XBLNR', field: 'document', longest: 16 },
    { title: 'BKTXT', field: 'text', longest: 25 },
    { title: 'BUZEI', field: 'line' },
    { title: 'SHKZG', field: 'side' },
    { title: 'HKONT', field: 'account' },
    { title: 'WRBTR', field: 'amount' },
    { title: 'MWSKZ', field: 'taxKey' },
    { title: 'ZUONR', field: 'customer', longest: 18 },
    { title: 'SGTXT', field: 'text', longest: 50 },
  ],
  options: { companyCode: '1000', documentType: 'SA' },
}

/** The file-based import of the general ledger (GlInterface): no heading, thirty segments of the account. */
const ORACLE: Profile = {
  ...CSV,
  ...{ id: 'oracle', name: 'Oracle', day: 'yyyy/mm/dd', heading: false },
  columns: [
    { title: 'Status Code', fixed: 'NEW' },
    { title: 'Ledger ID', option: 'ledgerId' },
    { title: 'Effective Date of Transaction', field: 'day' },
    { title: 'Journal Source', option: 'source' },
    { title: 'Journal Category', option: 'category' },
    { title: 'Currency Code', field: 'currency' },
    { title: 'Journal Entry Creation Date', field: 'day' },
    { title: 'Actual Flag', fixed: 'A' },
    ...Array.from(
      { length: 30 },
      (_, index): Column => ({ title: `Segment${index + 1}`, segment: index + 1 }),
    ),
    { title: 'Entered Debit Amount', field: 'debit' },
    { title: 'Entered Credit Amount', field: 'credit' },
    { title: 'Converted Debit Amount', fixed: '' },
    { title: 'Converted Credit Amount', fixed: '' },
    { title: 'REFERENCE1 (Batch Name)', field: 'period' },
    { title: 'REFERENCE2 (Batch Description)', fixed: '' },
    { title: 'REFERENCE3', fixed: '' },
    { title: 'REFERENCE4 (Journal Entry Name)', field: 'entry', longest: 100 },
    { title: 'REFERENCE5 (Journal Entry Description)', field: 'text', longest: 240 },
    ...[6, 7, 8, 9].map((number): Column => ({ title: `REFERENCE${number}`, fixed: '' })),
    { title: 'REFERENCE10 (Journal Entry Line Description)', field: 'document', longest: 240 },
  ],
  options: { ledgerId: '', source: 'Quarterdeck', category: 'Billing' },
}

const QUICKBOOKS: Profile = {
  ...CSV,
  ...{ id: 'quickbooks', name: 'QuickBooks', day: 'mm/dd/yyyy' },
  columns: [
    { title: 'Journal No.', field: 'entry' },
    { title: 'Journal Date', field: 'day' },
    { title: 'Currency', field: 'currency' },
    { title: 'Memo', field: 'text' },
    { title: 'Account Name', field: 'account' },
    { title: 'Debits', field: 'debit' },
    { title: 'Credits', field: 'credit' },
    { title: 'Description', field: 'document' },
    { title: 'Name', field: 'customerName' },
  ],
  accounts: {
    receivables: { account: 'Accounts Receivable (A/R)' },
    revenue: { account: 'Sales' },
    discounts: { account: 'Discounts given' },
    tax: { account: 'Sales Tax Payable' },
    bank: { account: 'Undeposited Funds' },
    balance: { account: 'Customer Credits' },
    'bad-debt': { account: 'Bad Debts' },
  },
}

/** Debits above zero, credits below. Tax is booked apart, so that no row has a rate of its own. */
const XERO: Profile = {
  ...CSV,
  ...{ id: 'xero', name: 'Xero', day: 'dd/mm/yyyy' },
  columns: [
    { title: '*Narration', field: 'text' },
    { title: '*Date', field: 'day' },
    { title: 'Description', field: 'document' },
    { title: '*AccountCode', field: 'account' },
    { title: '*TaxRate', option: 'taxRate' },
    { title: '*Amount', field: 'signed' },
    { title: 'TrackingName1', fixed: '' },
    { title: 'TrackingOption1', fixed: '' },
    { title: 'TrackingName2', fixed: '' },
    { title: 'TrackingOption2', fixed: '' },
  ],
  accounts: {
    receivables: { account: '610' },
    revenue: { account: '200' },
    discounts: { account: '200' },
    tax: { account: '820' },
    bank: { account: '090' },
    'bad-debt': { account: '404' },
  },
  options: { taxRate: 'Tax Exempt' },
}

export const PROFILES: readonly Profile[] = [PLAIN, DATEV, NETSUITE, SAP, ORACLE, QUICKBOOKS, XERO]

/** The profile of this id; undefined where there is none. */
export function findProfile(id: string): Profile | undefined {
  return PROFILES.find(profile => profile.id === id)
}
