import { expiringGrants } from './expiring.ts'
import { giveGrant, grantToWallet, withdrawGrant } from './grant.ts'
import { captureHold, holdInWallet, releaseHold } from './holds.ts'
import { dueWallets, lapseWallets } from './lapse-due.ts'
import { listWallets, showWallet } from './show-wallets.ts'
import { topUpWallet } from './top-up.ts'
import { expireWallets } from './wallet-schedule.ts'
import { createWallet, editWallet, restoreWallet, setWalletArchived } from './write-wallet.ts'

/** What customers paid ahead or were given, and what is used of it. */
export const walletHandlers = {
  list: listWallets,
  get: showWallet,
  create: createWallet,
  edit: editWallet,
  setArchived: setWalletArchived,
  restore: restoreWallet,
  grant: grantToWallet,
  give: giveGrant,
  topUp: topUpWallet,
  withdraw: withdrawGrant,
  hold: holdInWallet,
  capture: captureHold,
  release: releaseHold,
  expire: expireWallets,
  lapse: lapseWallets,
  expiring: expiringGrants,
  due: dueWallets,
}
