import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { WalletGrant, WalletHold } from '#shared/contract/billing/wallets.ts'

export const GRANT_TONES: Readonly<Record<WalletGrant['state'], Tone>> = {
  asked: 'warning',
  waiting: 'warning',
  cancelled: 'neutral',
  later: 'info',
  usable: 'ok',
  used: 'neutral',
  expired: 'neutral',
}

export const HOLD_TONES: Readonly<Record<WalletHold['state'], Tone>> = {
  active: 'running',
  captured: 'ok',
  released: 'neutral',
  expired: 'neutral',
}
