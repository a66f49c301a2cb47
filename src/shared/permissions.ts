/** What a person of the workspace may be. A person can have several roles; admin may do everything but vote. */
export const ROLES = ['analyst', 'approver', 'ops', 'admin', 'auditor'] as const
export type Role = (typeof ROLES)[number]

/** Roles that may read: everybody who belongs to the workspace. */
export const EVERYONE: readonly Role[] = ROLES

/**
 * Decides whether somebody with these roles may use a capability. The permission is the capability's own
 * name; which roles hold it is stated where the capability is defined. An admin holds every permission,
 * except votes, which are listed without admin and marked as such by their contract.
 */
export function mayUse(held: readonly Role[], allowed: readonly Role[], vote = false): boolean {
  if (!vote && held.includes('admin')) return true
  return allowed.some(role => held.includes(role))
}
