/** What a made entry of a statement says. */
interface EntryFacts {
  readonly amount: string
  readonly currency?: string
  readonly out?: boolean
  readonly status?: string
  readonly name?: string
  readonly iban?: string
  readonly text?: string
  readonly reference?: string
  /** Why a direct debit came back. */
  readonly reason?: string
  /** What the bank calls it. */
  readonly bank?: string
  readonly on?: string
  /** As version 8 writes it. */
  readonly deep?: boolean
  readonly parts?: readonly { readonly amount: string; readonly name: string; readonly text: string }[]
}

/** An entry of a statement, as banks write it. */
export function entry(facts: EntryFacts): string {
  const { amount, currency = 'EUR', out = false, status = 'BOOK', on = '2026-10-02', deep = false } = facts
  const side = out ? 'Cdtr' : 'Dbtr'
  const detail = (one: Partial<EntryFacts>, own: boolean) => `<TxDtls>
    ${one.reference === undefined ? '' : `<Refs><EndToEndId>${one.reference}</EndToEndId></Refs>`}
    ${own ? `<Amt Ccy="${currency}">${one.amount}</Amt><CdtDbtInd>${out ? 'DBIT' : 'CRDT'}</CdtDbtInd>` : ''}
    <RltdPties><${side}>${deep ? '<Pty>' : ''}<Nm>${one.name ?? ''}</Nm>${deep ? '</Pty>' : ''}</${side}>
      ${one.iban === undefined ? '' : `<${side}Acct><Id><IBAN>${one.iban}</IBAN></Id></${side}Acct>`}</RltdPties>
    <RmtInf><Ustrd>${one.text ?? ''}</Ustrd></RmtInf>
    ${one.reason === undefined ? '' : `<RtrInf><Rsn><Cd>${one.reason}</Cd></Rsn></RtrInf>`}</TxDtls>`
  const details = facts.parts?.map(part => detail(part, true)) ?? [detail(facts, false)]
  return `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${out ? 'DBIT' : 'CRDT'}</CdtDbtInd>
    <Sts>${deep ? `<Cd>${status}</Cd>` : status}</Sts><BookgDt><Dt>${on}</Dt></BookgDt><ValDt><Dt>${on}</Dt></ValDt>
    ${facts.bank === undefined ? '' : `<AcctSvcrRef>${facts.bank}</AcctSvcrRef>`}
    <NtryDtls>${details.join('')}</NtryDtls></Ntry>`
}

/** A statement of the account DE89 3704 0044 0532 0130 00. */
export function camt(facts: {
  readonly entries: readonly string[]
  readonly account?: string
  readonly currency?: string
  readonly opening?: string
  readonly closing?: string
}): string {
  const { account = 'DE89370400440532013000', currency = 'EUR', opening, closing } = facts
  const balance = (kind: string, amount: string | undefined) =>
    amount === undefined
      ? ''
      : `<Bal><Tp><CdOrPrtry><Cd>${kind}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt>
         <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-31</Dt></Dt></Bal>`
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
    <BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>2026-10</Id>
    <Acct><Id><IBAN>${account}</IBAN></Id><Ccy>${currency}</Ccy></Acct>
    ${balance('OPBD', opening)}${balance('CLBD', closing)}${facts.entries.join('')}</Stmt></BkToCstmrStmt></Document>`
}
