import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const Port = z.coerce.number().int().min(0).max(65_535)

const OIDC = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const

/** The environment of the backend. docs/backend.md lists each variable for those who run it. */
const Environment = z
  .object({
    /** Where PGlite's files, backups and the server's own keys lie. */
    QUARTERDECK_BACKEND_HOME: z.string().min(1).optional(),
    /** Where schedules put backups; else a folder of the home folder. */
    QUARTERDECK_BACKUP_DIR: z.string().min(1).optional(),
    QUARTERDECK_BACKEND_HOST: z.string().min(1).default('127.0.0.1'),
    QUARTERDECK_BACKEND_PORT: Port.default(7400),
    /** The address under which people reach this server; sign-in redirects and links begin with it. */
    QUARTERDECK_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** A PostgreSQL server, 15 or later; without it PGlite keeps the data below the home folder. */
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    /**
     * The same database as the role that owns the tables: it migrates, and DATABASE_URL then names a role that owns
     * nothing. Without it DATABASE_URL owns the tables, and the application acts as QUARTERDECK_DATABASE_ROLE.
     */
    DATABASE_MIGRATION_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    QUARTERDECK_DATABASE_ROLE: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be the plain name of a role')
      .default('quarterdeck_app'),
    /** Requests that a person, a program or a desk may send in a minute; an address may send twice as many. */
    QUARTERDECK_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(10_000_000).default(30_000),
    /** Where OpenTelemetry traces are collected, by OTLP over HTTP. */
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
    /** An OpenID provider that people sign in with, found by its discovery document; all three or none. */
    OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
    OIDC_CLIENT_ID: z.string().min(1).optional(),
    OIDC_CLIENT_SECRET: z.string().min(1).optional(),
    /** 32 bytes as base64 that protect sign-in, the same on all servers of a database; else a file of the home folder. */
    QUARTERDECK_IDENTITY_KEY: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes as base64')
      .optional(),
    /** Addresses of proxies in front of this server, apart by commas: their word about a client is taken. */
    QUARTERDECK_TRUSTED_PROXIES: z.string().optional(),
    /** Sessions that this server opens on PostgreSQL at most. */
    QUARTERDECK_DATABASE_SESSIONS: z.coerce.number().int().min(2).max(1000).default(20),
  })
  .superRefine((said, context) => {
    const some = OIDC.filter(name => said[name] !== undefined)
    for (const name of some.length === 0 ? [] : OIDC)
      if (said[name] === undefined)
        context.addIssue({ code: 'custom', path: [name], message: `must be set where ${some[0]} is` })
  })

export interface BackendConfig {
  readonly home: string
  /** The folder that backups by schedule go to; `backups` in the home folder where it is not said. */
  readonly backupDir: string | null
  readonly host: string
  readonly port: number
  /** Null until the port is known, where nobody said it: then it is the address that is listened on. */
  readonly publicUrl: string | null
  readonly databaseUrl: string | null
  /** Null where the role of `databaseUrl` owns the tables. */
  readonly migrationUrl: string | null
  /** The role that owns nothing, which the application acts as. */
  readonly databaseRole: string
  readonly databaseSessions: number
  readonly trustedProxies: readonly string[]
  readonly requestsPerMinute: number
  readonly otlpEndpoint: string | null
  /** The OpenID provider; null where people have local accounts only. */
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string } | null
  readonly identityKey: string | null
}

/** A variable of the environment has no meaning; the message names each, and never its value. */
export class ConfigInvalid extends Error {
  constructor(issues: readonly z.core.$ZodIssue[]) {
    super(issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
    this.name = 'ConfigInvalid'
  }
}

/**
 * Reads the backend's settings from the environment; an empty variable counts as absent.
 * @throws ConfigInvalid
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): BackendConfig {
  const said = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  const parsed = Environment.safeParse(Object.fromEntries(said))
  if (!parsed.success) throw new ConfigInvalid(parsed.error.issues)
  const { data } = parsed
  return {
    home: data.QUARTERDECK_BACKEND_HOME ?? join(homedir(), '.local', 'share', 'quarterdeck', 'backend'),
    backupDir: data.QUARTERDECK_BACKUP_DIR ?? null,
    host: data.QUARTERDECK_BACKEND_HOST,
    port: data.QUARTERDECK_BACKEND_PORT,
    publicUrl: data.QUARTERDECK_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    databaseUrl: data.DATABASE_URL ?? null,
    migrationUrl: data.DATABASE_MIGRATION_URL ?? null,
    databaseRole: data.QUARTERDECK_DATABASE_ROLE,
    databaseSessions: data.QUARTERDECK_DATABASE_SESSIONS,
    trustedProxies: (data.QUARTERDECK_TRUSTED_PROXIES ?? '')
      .split(',')
      .map(address => address.trim())
      .filter(address => address !== ''),
    requestsPerMinute: data.QUARTERDECK_REQUESTS_PER_MINUTE,
    otlpEndpoint: data.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    oidc:
      data.OIDC_ISSUER && data.OIDC_CLIENT_ID && data.OIDC_CLIENT_SECRET
        ? { issuer: data.OIDC_ISSUER, clientId: data.OIDC_CLIENT_ID, clientSecret: data.OIDC_CLIENT_SECRET }
        : null,
    identityKey: data.QUARTERDECK_IDENTITY_KEY ?? null,
  }
}
