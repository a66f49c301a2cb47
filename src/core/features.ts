import type { Contract } from '#shared/contract/index.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { closeJob } from './billing/close/close-job.ts'
import { closeSchedule } from './billing/close/close-schedule.ts'
import { contractKinds } from './billing/contracts/index.ts'
import { correctionKinds } from './billing/corrections/index.ts'
import type { CustomerKeys } from './billing/customers/customer-keys.ts'
import { dunningJob, dunningSchedule } from './billing/dunning/dunning-run.ts'
import type { EntitlementCache } from './billing/entitlements/entitlement-cache.ts'
import { ratesSchedule } from './billing/exchange/rates-schedule.ts'
import { billingHandlers } from './billing/index.ts'
import { overrideKinds } from './billing/overrides/index.ts'
import type { PaymentProvider } from './billing/providers/payment-provider.ts'
import { scanJob } from './billing/quotas/scan-job.ts'
import { scanSchedule } from './billing/quotas/scan-schedule.ts'
import { refundKinds } from './billing/refunds/index.ts'
import { automationSchedule } from './billing/subscriptions/automation.ts'
import { lifeSweepJob, sweepSchedule } from './billing/subscriptions/sweep-job.ts'
import { vatSchedule } from './billing/tax/vat-schedule.ts'
import { usageImportJob } from './billing/usage/imports/import-job.ts'
import { grantKind } from './billing/wallets/grant.ts'
import { walletJob, walletSchedule } from './billing/wallets/wallet-schedule.ts'
import type { DocumentPrinter } from './documents/document-printer.ts'
import type { EffectCarrier } from './effects/carrier.ts'
import type { FilesPort } from './files-port.ts'
import { exportJob } from './finops/costs/export-costs.ts'
import { costsHandlers } from './finops/costs/index.ts'
import { importJob, sweepJob } from './finops/imports/import-job.ts'
import { importHandlers } from './finops/imports/index.ts'
import { accessHandlers } from './identity/index.ts'
import type { JobKind } from './jobs/job.ts'
import type { LogHeadServices } from './log/head-signer.ts'
import type { DesktopPort } from './notify/notification.ts'
import type { WebPort } from './outside/web-port.ts'
import type { Bugs } from './runtime/bugs.ts'
import type { CheckpointFacts } from './runtime/checkpoints.ts'
import type { Handlers } from './runtime/handlers.ts'
import type { LiveFeed } from './runtime/live.ts'
import type { ThreadState } from './runtime/thread-watch.ts'
import type { Waits } from './runtime/waits.ts'
import type { DeskPort } from './sync/desk-port.ts'
import { syncHandlers } from './sync/index.ts'
import type { Outbox } from './sync/outbox.ts'
import {
  type ApprovalKind,
  type ApprovalKinds,
  approvalKindsByName,
} from './workspace/approvals/approval-kind.ts'
import { demoJob } from './workspace/demo/demo-job.ts'
import type { HostFacts } from './workspace/diagnostics.ts'
import { workspaceHandlers } from './workspace/index.ts'
import type { KeysPort } from './workspace/keys-port.ts'
import type { Passphrases } from './workspace/passphrases.ts'
import type { Proofs } from './workspace/proofs.ts'
import { kindsByName, type ScheduleKind, type ScheduleKinds } from './workspace/schedules/schedule-kind.ts'

/** What a host gives to the core besides the database. */
export interface HostServices {
  /** Signs the end of the command log and keeps heads elsewhere; without it the log is chained only. */
  readonly logHeads?: LogHeadServices
  /** What the environment overrides of the settings: `parseEnvironment(process.env)`. */
  readonly environment: EnvironmentSettings
  readonly random: (bytes: number) => Uint8Array
  /** Usually `argon2Passphrases(random)`. */
  readonly passphrases: Passphrases
  /** The key slots of the database; null where there are none. */
  readonly keys: KeysPort | null
  readonly host: HostFacts
  /** Files that people gave and places that exports go to, by handles. */
  readonly files: FilesPort
  /** Usually `createWaits()`, whose `onWait` the store was given too. */
  readonly waits: Waits
  /** Bytes that the disk of the database has left; absent where the host does not know. */
  readonly freeBytes?: () => number
  /** The way to a server; absent on hosts that cannot be connected to one. */
  readonly desk?: DeskPort
  /** Who carries out effects, by kind; the others wait for a host that can. */
  readonly carriers: readonly EffectCarrier[]
  /** The way to public services; absent on hosts that must not reach the network. */
  readonly web?: WebPort
  /** Who carries payments, besides people and files for banks. */
  readonly paymentProviders?: readonly PaymentProvider[]
  /** Shows notifications outside the windows; absent on hosts without a desktop. */
  readonly desktop?: DesktopPort
  /** The address of this server's pages, for links in mails; absent on desks, where links open the application. */
  readonly publicUrl?: string
  /** Certificates that mail servers and webhooks may have besides those that the system trusts: PEM. */
  readonly trustedCertificates?: readonly string[]
  /** What this host can do at given times, besides what the core can. */
  readonly scheduleKinds?: readonly ScheduleKind[]
  /** What people can be asked to allow, besides what the core's features ask. */
  // biome-ignore lint/suspicious/noExplicitAny: each kind has an input of its own
  readonly approvalKinds?: readonly ApprovalKind<any>[]
}

/** What the core tells of its own inside, for the diagnostics page. */
export interface CoreFacts {
  readonly startedAt: bigint
  readonly bugs: Bugs
  threads(): readonly ThreadState[]
  checkpoints(): CheckpointFacts | null
}

/** What handlers need besides the database, passed in by the composition root of the host. */
export interface Services extends HostServices {
  readonly live: LiveFeed
  readonly proofs: Proofs
  readonly inside: CoreFacts
  readonly outbox: Outbox
  readonly entitlements: EntitlementCache
  /** Ids of customers by key, in memory. */
  readonly customerKeys: CustomerKeys
  readonly printer: DocumentPrinter
  /** For durations, in milliseconds; never goes back. */
  readonly monotonic: () => number
}

/** Every capability of the contract with its handler: a leaf without one does not compile. */
export function coreHandlers(services: Services): Handlers<Contract> {
  return {
    workspace: workspaceHandlers(services, scheduleKindsOf(services), approvalKindsOf(services)),
    access: accessHandlers(services),
    sync: syncHandlers(services),
    billing: billingHandlers(services),
    finops: { imports: importHandlers(services), costs: costsHandlers(services) },
  }
}

/** Everything that a host can do at given times, by its name. */
export function scheduleKindsOf({ scheduleKinds = [] }: Pick<HostServices, 'scheduleKinds'>): ScheduleKinds {
  return kindsByName([
    closeSchedule,
    scanSchedule,
    sweepSchedule,
    automationSchedule,
    dunningSchedule,
    walletSchedule,
    vatSchedule,
    ratesSchedule,
    ...scheduleKinds,
  ])
}

/** Everything that people can be asked to allow, by its name. A feature's kind is one entry here. */
export function approvalKindsOf({ approvalKinds = [] }: Pick<HostServices, 'approvalKinds'>): ApprovalKinds {
  return approvalKindsByName([
    ...correctionKinds,
    ...overrideKinds,
    ...contractKinds,
    ...refundKinds,
    grantKind,
    ...approvalKinds,
  ])
}

/** Every kind of job, by its name. */
export const jobKinds: ReadonlyMap<string, JobKind> = new Map(
  (
    [
      demoJob,
      importJob,
      sweepJob,
      exportJob,
      closeJob,
      lifeSweepJob,
      usageImportJob,
      scanJob,
      dunningJob,
      walletJob,
    ] as readonly JobKind[]
  ).map(kind => [kind.name, kind]),
)
