import { proposeDebits } from './candidates.ts'
import { createDebits } from './create-run.ts'
import { addMandate, listMandates, revokeMandate } from './mandates.ts'
import {
  cancelDebits,
  collectDebits,
  debitFile,
  debitReturned,
  handInDebits,
  listDebits,
  showDebits,
} from './runs.ts'

/** What customers signed so that money may be taken from their accounts. */
export const mandateHandlers = { list: listMandates, add: addMandate, revoke: revokeMandate }

/** Files of direct debits for the bank. */
export const debitHandlers = {
  propose: proposeDebits,
  create: createDebits,
  list: listDebits,
  get: showDebits,
  file: debitFile,
  handIn: handInDebits,
  collect: collectDebits,
  returned: debitReturned,
  cancel: cancelDebits,
}
