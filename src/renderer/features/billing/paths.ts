/** Where the screens of customers and plans are. */
export const CUSTOMERS_PATH = '/billing/customers'
export const PLANS_PATH = '/billing/plans'
