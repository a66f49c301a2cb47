import type { z } from 'zod'
import { refuse } from './errors.ts'
import { type AnySetting, kinds, type SettingSpec, setting } from './settings-kinds.ts'

/**
 * All settings of a workspace, in the order in which they are shown. A name never changes once it is released:
 * it is a key of the database. What the environment says overrides what is stored, which overrides the default.
 */
export const SETTINGS = {
  'workspace.name': setting({ ...kinds.text(200), group: 'workspace', place: 'workspace' }),
  'workspace.zone': setting({ ...kinds.zone(), group: 'workspace', place: 'workspace' }),
  'workspace.currency': setting({ ...kinds.currency(), group: 'workspace', place: 'workspace' }),
  /** Finished jobs are forgotten after this many days. */
  'workspace.keepJobsDays': setting({ ...kinds.count(1, 3650, 'days', 90), group: 'workspace' }),
  /** Documents that jobs left behind, such as lists of refused rows. */
  'workspace.keepArtifactsDays': setting({ ...kinds.count(1, 3650, 'days', 365), group: 'workspace' }),
  /** Notifications and the like that were carried out. */
  'workspace.keepEffectsDays': setting({ ...kinds.count(1, 3650, 'days', 30), group: 'workspace' }),
  /** What people were told, and what went out by which channel. */
  'workspace.keepNotificationsDays': setting({ ...kinds.count(1, 3650, 'days', 365), group: 'workspace' }),
  /** A desk that was away for longer takes a snapshot when it comes back; what it was answered is kept for ever. */
  'workspace.keepFeedDays': setting({ ...kinds.count(1, 3650, 'days', 30), group: 'workspace' }),
  /** A job that took at least this long tells that it is over. */
  'workspace.notifyAfterSeconds': setting({ ...kinds.count(0, 86_400, 'seconds', 10), group: 'workspace' }),
  /** On a server: who needs a one-time code besides the passphrase of a local account. */
  'workspace.secondFactor': setting({
    ...kinds.choice(['optional', 'admins and approvers', 'everyone'], 'optional'),
    group: 'workspace',
  }),
  /** On a server: a sign-in provider asks for a second factor of its own, so that nobody is asked for another after it. */
  'workspace.providerSuffices': setting({ ...kinds.flag(false), group: 'workspace' }),
  /** Votes on approval requests count only of people who proved who they are. */
  'workspace.approvalsAttested': setting({ ...kinds.flag(false), group: 'workspace' }),

  /** The server that takes our mail. Without it and a sender no mail is sent. */
  'notify.mailHost': setting({ ...kinds.machine(), group: 'notify', variable: 'SMTP_HOST' }),
  'notify.mailPort': setting({ ...kinds.port(587), group: 'notify', variable: 'SMTP_PORT' }),
  /** `starttls` begins in the open and goes on in secret or not at all; `tls` is secret from the first byte. */
  'notify.mailSecurity': setting({
    ...kinds.choice(['starttls', 'tls', 'none'], 'starttls'),
    group: 'notify',
    variable: 'SMTP_SECURITY',
  }),
  'notify.mailUser': setting({ ...kinds.text(254), group: 'notify', variable: 'SMTP_USER' }),
  'notify.mailPassword': setting({ ...kinds.secret(), group: 'notify', variable: 'SMTP_PASSWORD' }),
  'notify.mailFrom': setting({ ...kinds.email(), group: 'notify', variable: 'SMTP_FROM' }),
  /** Who mails are from, in words. Without it the legal name of the workspace, or its name. */
  'notify.mailName': setting({ ...kinds.text(100), group: 'notify' }),
  'notify.mailReplyTo': setting({ ...kinds.email(), group: 'notify' }),
  /** Of messages and documents for customers who chose none. */
  'notify.language': setting({ ...kinds.choice(['en', 'de', 'fr', 'es', 'ja'], 'en'), group: 'notify' }),
  /** Of many mails of one topic the first comes at once, and those within so many minutes after it as one. */
  'notify.bundleMinutes': setting({ ...kinds.count(0, 1440, 'minutes', 15), group: 'notify' }),
  /**
   * Whether Slack and webhooks may lead into private networks. On a server only its environment counts, because
   * the people of a workspace are not those who run the server.
   */
  'notify.privateAddresses': setting({
    ...kinds.flag(false),
    group: 'notify',
    variable: 'NOTIFY_PRIVATE_ADDRESSES',
  }),
  /** Invoices go to their customers by e-mail when they are issued. A customer may be an exception. */
  'billing.sendInvoices': setting({ ...kinds.flag(false), group: 'billing' }),

  'billing.defaultCurrency': setting({
    ...kinds.currency('USD'),
    group: 'billing',
    variable: 'PRICING_DEFAULT_CURRENCY',
  }),
  /** A share of the net amount: 0.08 is 8 %. */
  'billing.taxRate': setting({ ...kinds.share('0.08'), group: 'billing', variable: 'PRICING_TAX_RATE' }),
  'billing.cycle': setting({
    ...kinds.choice(['weekly', 'monthly', 'quarterly', 'yearly'], 'monthly'),
    group: 'billing',
    variable: 'BILLING_CYCLE_DEFAULT',
  }),
  /** How long an invoice may be overdue before its customer's subscriptions count as unpaid. */
  'billing.graceDays': setting({ ...kinds.count(0, 365, 'days', 7), group: 'billing' }),
  /** Days after which a subscription that stays unpaid ends by itself; 0 for never. */
  'billing.endUnpaidDays': setting({ ...kinds.count(0, 365, 'days', 0), group: 'billing' }),
  /** At which parts of a limit a scan tells of usage, in percent; 100 and more are breaches. Customers may have others. */
  'billing.quotaThresholds': setting({ ...kinds.percents([80, 90, 100]), group: 'billing' }),
  /** Usage events may be so far ahead of the clock, because clocks and zones differ. */
  'billing.usageAheadHours': setting({ ...kinds.count(0, 8760, 'hours', 24), group: 'billing' }),
  /** Usage events that are older are refused; 0 for as old as 2000. */
  'billing.usageOldestDays': setting({ ...kinds.count(0, 36_500, 'days', 0), group: 'billing' }),
  /** What stands before the year in the number of an invoice, and of a credit note: INV-2026-00001. */
  'billing.invoicePrefix': setting({ ...kinds.prefix('INV'), group: 'billing' }),
  'billing.creditNotePrefix': setting({ ...kinds.prefix('CN'), group: 'billing' }),
  /**
   * Up to these amounts one person decides alone; 0 asks for another one always. Credit notes, refunds and grants of one
   * person to one customer count together by the calendar month.
   */
  'billing.creditLimit': setting({
    ...kinds.count(0, 1_000_000_000, 'units of the currency', 0),
    group: 'billing',
  }),
  'billing.writeOffLimit': setting({
    ...kinds.count(0, 1_000_000_000, 'units of the currency', 0),
    group: 'billing',
  }),
  'billing.refundLimit': setting({
    ...kinds.count(0, 1_000_000_000, 'units of the currency', 0),
    group: 'billing',
  }),
  /** Up to this amount, all of a calendar month together, one person gives a customer something for free alone. */
  'billing.grantLimit': setting({
    ...kinds.count(0, 1_000_000_000, 'units of the currency', 1000),
    group: 'billing',
  }),
  /** How many days before a grant of a wallet expires somebody is told; 0 for not at all. */
  'billing.grantNoticeDays': setting({ ...kinds.count(0, 366, 'days', 14), group: 'billing' }),
  /** Customers are told too that little is left in a wallet, and that something of it expires. */
  'billing.walletMails': setting({ ...kinds.flag(false), group: 'billing' }),
  /** How many days of settlement banks want a file of direct debits before the money is taken. */
  'billing.debitLeadDays': setting({ ...kinds.count(1, 14, 'days', 2), group: 'billing' }),
  /** How many days before it who pays has to know, where nothing shorter was agreed. */
  'billing.debitNoticeDays': setting({ ...kinds.count(0, 60, 'days', 14), group: 'billing' }),
  /** The least that a month's invoices in the workspace's currency come to; a customer's own and a contract's come first. */
  'billing.minimumInvoice': setting({
    ...kinds.count(0, 1_000_000_000, 'units of the currency', 0),
    group: 'billing',
  }),
  /** What customers have in their favour is used for their invoices when those are issued. */
  'billing.useBalance': setting({ ...kinds.flag(false), group: 'billing' }),
  /** What invoices say of the workspace. Without a legal name they say the workspace's name. */
  'billing.legalName': setting({ ...kinds.text(200), group: 'billing' }),
  'billing.address': setting({ ...kinds.texts([]), group: 'billing' }),
  'billing.taxId': setting({ ...kinds.text(60), group: 'billing' }),
  /** On documents, and where electronic invoices are answered to. */
  'billing.email': setting({ ...kinds.email(), group: 'billing' }),
  /** Whom customers may ask about an invoice: what XRechnung wants to know. */
  'billing.contactName': setting({ ...kinds.text(120), group: 'billing' }),
  'billing.phone': setting({ ...kinds.text(40), group: 'billing' }),
  /** What goes out with invoices of customers who chose nothing. */
  'billing.eInvoice': setting({
    ...kinds.choice(['none', 'ubl', 'cii', 'factur-x', 'xrechnung-ubl', 'xrechnung-cii'], 'none'),
    group: 'billing',
  }),
  /** Where the workspace is for tax. Without it the country of its VAT number. */
  'billing.country': setting({ ...kinds.country(), group: 'billing' }),
  /** Whose rate consumers in other countries of the EU pay: ours, or their own by the One Stop Shop. */
  'billing.consumerTax': setting({ ...kinds.choice(['origin', 'destination'], 'origin'), group: 'billing' }),
  /** How many days old an exchange rate may be where amounts are converted. */
  'billing.rateDays': setting({ ...kinds.count(0, 366, 'days', 7), group: 'billing' }),
  /** When a VAT number counts for a reverse charge: once it was found valid, or by its form alone. */
  'billing.vatProof': setting({ ...kinds.choice(['checked', 'form'], 'checked'), group: 'billing' }),
  /** VIES, a service of the European Commission, may be asked for VAT numbers of customers. */
  'billing.askVies': setting({ ...kinds.flag(false), group: 'billing' }),
  /** After so many days it is asked again; 0: never. */
  'billing.vatAgainDays': setting({ ...kinds.count(0, 3650, 'days', 90), group: 'billing' }),
  /** The European Central Bank may be asked for its reference rates. */
  'billing.fetchRates': setting({ ...kinds.flag(false), group: 'billing' }),
  'billing.footer': setting({ ...kinds.text(1000), group: 'billing' }),
  'billing.accentColour': setting({ ...kinds.colour('#0f766e'), group: 'billing' }),
  'billing.logo': setting({ ...kinds.image(), group: 'billing' }),

  'finops.strategy': setting({
    ...kinds.choice(['cost', 'balanced', 'performance'], 'balanced'),
    group: 'finops',
    variable: 'OPTIMIZATION_STRATEGY',
  }),
  'finops.scalingCooldown': setting({
    ...kinds.count(0, 1440, 'minutes', 15),
    group: 'finops',
    variable: 'SCALING_COOLDOWN_MINUTES',
  }),
  /** Percent of a budget at which it alerts, rising. */
  'finops.alertThresholds': setting({
    ...kinds.percents([50, 75, 90, 100]),
    group: 'finops',
    variable: 'BUDGET_ALERT_THRESHOLDS',
  }),
  /** Which tag keys of a bill name a line's customer, department, project and user: the first that is there counts. */
  'finops.customerTags': setting({
    ...kinds.texts(['customer', 'customer id', 'tenant', 'tenant id', 'client', 'account name']),
    group: 'finops',
  }),
  'finops.departmentTags': setting({
    ...kinds.texts([
      'department',
      'dept',
      'cost department',
      'business unit',
      'bu',
      'team',
      'cost center',
      'org',
    ]),
    group: 'finops',
  }),
  'finops.projectTags': setting({
    ...kinds.texts(['project', 'application', 'app', 'app name', 'workload', 'product', 'service']),
    group: 'finops',
  }),
  'finops.userTags': setting({
    ...kinds.texts(['user', 'owner', 'created by', 'requester', 'contact', 'employee']),
    group: 'finops',
  }),

  'support.defaultTier': setting({
    ...kinds.word('standard'),
    group: 'support',
    variable: 'SUPPORT_DEFAULT_TIER',
  }),
  'support.slaTracking': setting({ ...kinds.flag(true), group: 'support', variable: 'SLA_TRACKING_ENABLED' }),
  /** When off, plans of low risk run on the requester's own word, recorded as such; others keep their quorum. */
  'support.rollbackApproval': setting({
    ...kinds.flag(true),
    group: 'support',
    variable: 'ROLLBACK_APPROVAL_REQUIRED',
  }),

  /** These four seed two regions. */
  'health.primaryUrl': setting({ ...kinds.url(), group: 'health', variable: 'REGION_PRIMARY_URL' }),
  'health.primaryHealth': setting({ ...kinds.url(), group: 'health', variable: 'REGION_PRIMARY_HEALTH' }),
  'health.secondaryUrl': setting({ ...kinds.url(), group: 'health', variable: 'REGION_SECONDARY_URL' }),
  'health.secondaryHealth': setting({ ...kinds.url(), group: 'health', variable: 'REGION_SECONDARY_HEALTH' }),

  'payments.stripeKey': setting({ ...kinds.secret(), group: 'payments', variable: 'STRIPE_KEY' }),
  'payments.stripeSecret': setting({ ...kinds.secret(), group: 'payments', variable: 'STRIPE_SECRET' }),
  'payments.stripeWebhookSecret': setting({
    ...kinds.secret(),
    group: 'payments',
    variable: 'STRIPE_WEBHOOK_SECRET',
  }),
} as const satisfies Record<string, AnySetting>

export type SettingName = keyof typeof SETTINGS
type ValueOf<S> = S extends SettingSpec<infer T, infer D> ? T | D : never
/** The values of all settings, by name. One without a value is null. */
export type Settings = { readonly [N in SettingName]: ValueOf<(typeof SETTINGS)[N]> }

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

/** The setting of this name, or undefined. */
export function findSetting(name: string): { name: SettingName; spec: AnySetting } | undefined {
  if (!Object.hasOwn(SETTINGS, name)) return undefined
  return { name: name as SettingName, spec: SETTINGS[name as SettingName] }
}

/** What the environment overrides, parsed. */
export type EnvironmentSettings = Partial<Settings>

/**
 * Parses the environment's variables, at the edge. An empty variable counts as not set.
 * @throws Refusal `WORKSPACE_ENVIRONMENT_INVALID` with every variable that has no meaning; values are not
 *   repeated, because they may be secrets
 */
export function parseEnvironment(environment: Readonly<Record<string, string | undefined>>) {
  const values: Record<string, unknown> = {}
  const problems: { variable: string; message: string }[] = []
  for (const name of SETTING_NAMES) {
    const spec: AnySetting = SETTINGS[name]
    const text = spec.variable === null ? undefined : environment[spec.variable]?.trim()
    if (spec.variable === null || text === undefined || text === '') continue
    const outcome = spec.schema.safeParse(spec.fromText(text))
    if (outcome.success) values[name] = outcome.data
    else problems.push({ variable: spec.variable, message: `${spec.variable} ${messageOf(outcome.error)}` })
  }
  if (problems.length === 0) return values as EnvironmentSettings
  const message = problems.map(problem => problem.message).join('; ')
  throw refuse(
    'WORKSPACE_ENVIRONMENT_INVALID',
    { problems },
    `The environment is not understood: ${message}.`,
  )
}

/** What is wrong with a value, as the rest of a sentence that begins with its name. */
export function messageOf(error: z.ZodError): string {
  return error.issues[0]!.message
}
