import { XMLBuilder } from 'fast-xml-parser'
import type { Sequence } from '#engines/billing/sepa/mandate.ts'
import { sepaText } from '#engines/billing/sepa/sepa-text.ts'

/** One collection. Amounts are minor units of the euro. */
export interface Collection {
  readonly endToEndId: string
  readonly sequence: Sequence
  readonly scheme: 'CORE' | 'B2B'
  readonly amount: bigint
  readonly mandate: string
  readonly signedOn: string
  readonly holder: string
  readonly iban: string
  readonly bic: string
  /** What stands on the statement of who pays. */
  readonly text: string
}

/** A file of direct debits, before it is written. */
export interface DebitFile {
  readonly messageId: string
  /** Milliseconds since the epoch. */
  readonly createdAt: bigint
  readonly collectOn: string
  readonly creditor: {
    readonly name: string
    readonly iban: string
    readonly bic: string
    readonly creditorId: string
  }
  readonly collections: readonly Collection[]
}

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.008.001.08'
const ORDER: readonly Sequence[] = ['FRST', 'RCUR', 'FNAL', 'OOFF']

/**
 * Writes a file of direct debits as pain.008.001.08 (ISO 20022), as the guidelines of EPC130-08 and EPC131-08 narrow
 * it. The collections of one scheme and sequence type stand together, because all of a block share both. The order of
 * the elements is that of the schema.
 */
export function writePain008(file: DebitFile): string {
  const { collections, messageId, creditor } = file
  const blocks = (['CORE', 'B2B'] as const).flatMap(scheme =>
    ORDER.flatMap(sequence => {
      const own = collections.filter(one => one.scheme === scheme && one.sequence === sequence)
      return own.length === 0 ? [] : [blockOf(file, scheme, sequence, own)]
    }),
  )
  const builder = new XMLBuilder({
    ...{ ignoreAttributes: false, attributeNamePrefix: '@', format: true, indentBy: '  ' },
    ...{ suppressEmptyNode: false, processEntities: true },
  })
  const body: string = builder.build({
    Document: {
      '@xmlns': NAMESPACE,
      CstmrDrctDbtInitn: {
        GrpHdr: {
          MsgId: messageId,
          CreDtTm: new Date(Number(file.createdAt)).toISOString().slice(0, 19),
          NbOfTxs: String(collections.length),
          CtrlSum: euros(sumOf(collections)),
          InitgPty: { Nm: sepaText(creditor.name, 70) },
        },
        PmtInf: blocks,
      },
    },
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}`
}

function blockOf(
  { messageId, collectOn, creditor }: DebitFile,
  scheme: 'CORE' | 'B2B',
  sequence: Sequence,
  collections: readonly Collection[],
) {
  return {
    PmtInfId: `${messageId}-${scheme[0]}-${sequence}`,
    PmtMtd: 'DD',
    BtchBookg: 'true',
    NbOfTxs: String(collections.length),
    CtrlSum: euros(sumOf(collections)),
    PmtTpInf: { SvcLvl: { Cd: 'SEPA' }, LclInstrm: { Cd: scheme }, SeqTp: sequence },
    ReqdColltnDt: collectOn,
    Cdtr: { Nm: sepaText(creditor.name, 70) },
    CdtrAcct: { Id: { IBAN: creditor.iban } },
    CdtrAgt: agentOf(creditor.bic),
    ChrgBr: 'SLEV',
    CdtrSchmeId: {
      Id: { PrvtId: { Othr: { Id: creditor.creditorId, SchmeNm: { Prtry: 'SEPA' } } } },
    },
    DrctDbtTxInf: collections.map(one => ({
      PmtId: { EndToEndId: one.endToEndId },
      InstdAmt: { '@Ccy': 'EUR', '#text': euros(one.amount) },
      DrctDbtTx: { MndtRltdInf: { MndtId: one.mandate, DtOfSgntr: one.signedOn } },
      DbtrAgt: agentOf(one.bic),
      Dbtr: { Nm: sepaText(one.holder, 70) },
      DbtrAcct: { Id: { IBAN: one.iban } },
      RmtInf: { Ustrd: sepaText(one.text, 140) },
    })),
  }
}

/** A bank is known by the number of the account where nobody said its BIC. */
function agentOf(bic: string) {
  return { FinInstnId: bic === '' ? { Othr: { Id: 'NOTPROVIDED' } } : { BICFI: bic } }
}

function sumOf(collections: readonly Collection[]): bigint {
  return collections.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Minor units of the euro with two places. */
function euros(minor: bigint): string {
  const digits = minor.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
