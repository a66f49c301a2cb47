import type { HostServices } from '#core/features.ts'
import { creditInvoice, creditKind, issueCredit } from './credit.ts'
import { addEvidence, decideDispute, evidenceFile, listDisputes, openDispute } from './disputes.ts'
import { listPeriods, lockPeriod, openPeriod, reopenKind, reopenPeriod, showPeriod } from './period-lock.ts'
import { listCorrections, previewCredit, showBalance, showCorrections } from './show-corrections.ts'
import { makeVoid, voidInvoice, voidKind } from './void.ts'
import { bookWriteOff, reverseWriteOff, writeOffInvoice, writeOffKind } from './write-off.ts'

/** What of corrections other people can be asked to allow. */
export const correctionKinds = [creditKind, writeOffKind, voidKind, reopenKind]

/** Corrections of issued invoices. */
export function correctionHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    get: showCorrections,
    list: listCorrections,
    preview: previewCredit,
    credit: creditInvoice,
    issueCredit: issueCredit(environment),
    writeOff: writeOffInvoice,
    bookWriteOff,
    reverseWriteOff,
    void: voidInvoice,
    makeVoid,
    balance: showBalance,
  }
}

export const disputeHandlers = {
  list: listDisputes,
  open: openDispute,
  addEvidence,
  file: evidenceFile,
  decide: decideDispute,
}

export const periodHandlers = {
  get: showPeriod,
  list: listPeriods,
  lock: lockPeriod,
  reopen: reopenPeriod,
  open: openPeriod,
}
