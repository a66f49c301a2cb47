/** Where the screens of customers and plans are. */
export const CUSTOMERS_PATH = '/billing/customers'
export const PLANS_PATH = '/billing/plans'
/** How far customers are with what they may use. */
export const QUOTAS_PATH = '/billing/quotas'
