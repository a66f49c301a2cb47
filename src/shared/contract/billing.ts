/**
 * From usage to an issued invoice. The names in the tree are the ids of the capabilities:
 * `billing.invoice.approve` is path, permission, log field and palette entry.
 */
export const billing = {}
