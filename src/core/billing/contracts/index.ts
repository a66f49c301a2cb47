import type { EnvironmentSettings } from '#shared/settings.ts'
import { remindableContracts, remindOfContract } from './remind.ts'
import { showContract } from './show-contract.ts'
import {
  activateContract,
  changeContract,
  contractKind,
  createContract,
  listContracts,
  putApprovedContract,
  removeContract,
  restoreContract,
  setContractRenewal,
  terminateContract,
} from './write-contract.ts'

/** What of contracts other people can be asked to allow. */
export const contractKinds = [contractKind]

/** What is agreed with single customers. */
export function contractHandlers(environment: EnvironmentSettings) {
  return {
    list: listContracts,
    get: showContract(environment),
    create: createContract,
    change: changeContract,
    activate: activateContract,
    putApproved: putApprovedContract,
    setRenewal: setContractRenewal,
    terminate: terminateContract,
    remove: removeContract,
    remindable: remindableContracts,
    remind: remindOfContract,
    restore: restoreContract,
  }
}
