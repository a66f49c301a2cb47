import { devices } from './access/devices.ts'
import { accessPeople, roleRequests, secondFactor } from './access/people.ts'
import { sessions } from './access/sessions.ts'
import { tokens } from './access/tokens.ts'

/** Who may come in, and how: sign-in, sessions, tokens for programs, enrolled desks. */
export const access = { people: accessPeople, sessions, tokens, secondFactor, roles: roleRequests, devices }
