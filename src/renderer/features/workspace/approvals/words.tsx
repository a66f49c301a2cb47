import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { Money } from '#renderer/ui/display/money.tsx'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { Approval, ApprovalState, FactValue } from '#shared/contract/workspace/approvals.ts'

type AnyWord = (key: string, options: object) => string

/** What is asked for, in words; its name where the catalogue of this version has none. */
export function kindWord(t: TFunction, kind: string): string {
  return (t as unknown as AnyWord)(`workspace.approvals.kindWord.${kind.replaceAll('.', '_')}`, {
    defaultValue: kind,
  })
}

/** The row that a request is about, as people call it: a month is its own name. */
export function subjectTitle(format: Format, { entity, title }: Approval['subject']): string {
  return entity === 'period' ? format.month(title) : title
}

/** The name of a fact, in words. */
export function factWord(t: TFunction, name: string): string {
  return (t as unknown as AnyWord)(`workspace.approvals.factWord.${name.replaceAll('.', '_')}`, {
    defaultValue: name,
  })
}

/** How sure the host was of a person, in words. */
export function assuranceWord(t: TFunction, assurance: string): string {
  return (t as unknown as AnyWord)(`workspace.approvals.assuranceWord.${assurance}`, {
    defaultValue: assurance,
  })
}

export const TONES: Readonly<Record<ApprovalState, Tone>> = {
  waiting: 'warning',
  approved: 'info',
  done: 'ok',
  refused: 'critical',
  withdrawn: 'neutral',
  expired: 'neutral',
  changed: 'neutral',
  failed: 'critical',
}

/** A value of a request, as people write it. */
export function shownValue(value: FactValue | null): ReactNode {
  if (value === null) return '–'
  if (value.kind === 'money') return <Money minor={value.minor} currency={value.currency} />
  if (value.kind === 'instant') return <When at={value.at} />
  return value.text
}

/** How many people approved. */
export function approvalsOf({ votes }: Pick<Approval, 'votes'>): number {
  return votes.filter(vote => vote.decision === 'approve').length
}
