import { nextAt, type QuietHours, quietUntil } from './quiet-hours.ts'
import type { AnyTopic, PersonalChannel, Urgency } from './topic.ts'

/** What a person wants of a topic by a channel. `daily`: one mail a day with all of it. */
export type Choice = 'on' | 'off' | 'daily'

export interface Preferences {
  /** By topic and channel; what is not there follows the topic. */
  readonly choices: Readonly<Record<string, Partial<Record<PersonalChannel, Choice>>>>
  readonly quiet: QuietHours | null
  /** Whether what is urgent may disturb in quiet hours. */
  readonly urgentPasses: boolean
  /** IANA; null: the workspace's. */
  readonly zone: string | null
  /** When the mail of a day comes, in minutes since midnight. */
  readonly dailyAt: number
}

export const NO_PREFERENCES: Preferences = {
  choices: {},
  quiet: null,
  urgentPasses: true,
  zone: null,
  dailyAt: 8 * 60,
}

/** What holds for a person: what they chose, else what the topic says. */
export function choiceOf(
  { choices }: Pick<Preferences, 'choices'>,
  topic: Pick<AnyTopic, 'id' | 'defaults'>,
  channel: PersonalChannel,
): Choice {
  return choices[topic.id]?.[channel] ?? (topic.defaults.includes(channel) ? 'on' : 'off')
}

export type Timing =
  | { readonly kind: 'now' }
  | { readonly kind: 'never' }
  /** Not before that; what is held for the same reason until the same time goes as one. */
  | { readonly kind: 'held'; readonly until: bigint; readonly reason: 'quiet' | 'daily' | 'many' }

export interface TimingFacts {
  readonly preferences: Preferences
  readonly topic: Pick<AnyTopic, 'id' | 'defaults'>
  readonly channel: PersonalChannel
  readonly urgency: Urgency
  readonly now: bigint
  /** The workspace's zone, for whoever chose none. */
  readonly zone: string
  /** When this person was last sent one of this topic on its own by this channel; null for never. */
  readonly lastAt: bigint | null
  /** Within so many milliseconds after one, the next of the same topic are kept and come as one; 0: never. */
  readonly bundle: bigint
}

/**
 * When a person is told. What is urgent comes at once, unless they want silence from it too. Of many of the same
 * the first comes at once, and those that follow shortly after it as one.
 */
export function timingOf(facts: TimingFacts): Timing {
  const { preferences, topic, channel, urgency, now, lastAt, bundle } = facts
  const choice = choiceOf(preferences, topic, channel)
  if (choice === 'off') return { kind: 'never' }
  const zone = preferences.zone ?? facts.zone
  const urgent = urgency === 'urgent'
  const quiet =
    preferences.quiet === null || (urgent && preferences.urgentPasses)
      ? null
      : quietUntil(preferences.quiet, now, zone)
  if (urgent) return quiet === null ? { kind: 'now' } : { kind: 'held', until: quiet, reason: 'quiet' }
  if (choice === 'daily')
    return { kind: 'held', until: nextAt(preferences.dailyAt, now, zone), reason: 'daily' }
  if (quiet !== null) return { kind: 'held', until: quiet, reason: 'quiet' }
  if (lastAt !== null && now - lastAt < bundle)
    return { kind: 'held', until: lastAt + bundle, reason: 'many' }
  return { kind: 'now' }
}
