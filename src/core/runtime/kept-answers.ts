import { canonicalJson } from '#shared/canonical.ts'
import type { Kept } from './kept.ts'

/** An answer with the tables that it was read from. */
export interface Answered {
  readonly value: unknown
  readonly tables: Iterable<string>
}

/** Answers that are kept; the one that came in first goes first. */
const MOST_KEPT = 200

/**
 * Answers of queries that take long and change seldom. One is kept until a commit changes one of the tables that it was
 * read from, or until the instant that it says itself, whichever is first: it is never older than the last commit that
 * matters to it.
 */
export interface KeptAnswers extends Kept {
  /** The answer from memory, or that of `read`, which is kept where nothing was committed meanwhile that it read. */
  answer<A extends Answered>(
    of: { readonly id: string; readonly input: unknown; readonly now: bigint },
    until: (value: never) => bigint,
    read: () => Promise<A>,
  ): Promise<A>
}

export function createKeptAnswers(most = MOST_KEPT): KeptAnswers {
  const kept = new Map<
    string,
    { readonly answer: Answered; readonly until: bigint; readonly since: bigint }
  >()
  /** Counts commits, and says of each table which changed it last. */
  let commits = 0
  const changedAt = new Map<string, number>()
  return {
    committed(changed) {
      if (changed.size === 0) return
      commits++
      for (const table of changed) changedAt.set(table, commits)
      for (const [key, { answer }] of kept)
        if ([...answer.tables].some(table => changed.has(table))) kept.delete(key)
    },
    // Whether something was committed is asked here when the answer is there: its snapshot is opened after `answer` began.
    opening: () => 0,
    opened: () => {},
    async answer({ id, input, now }, until, read) {
      const key = `${id} ${canonicalJson(input)}`
      const known = kept.get(key)
      // A clock that was set back asks anew.
      if (known && known.since <= now && now < known.until) return known.answer as never
      const begun = commits
      const answer = await read()
      const overtaken = [...answer.tables].some(table => (changedAt.get(table) ?? 0) > begun)
      if (overtaken) return answer
      const [first] = kept.keys()
      kept.delete(key)
      if (first !== undefined && kept.size >= most) kept.delete(first)
      kept.set(key, { answer, until: until(answer.value as never), since: now })
      return answer
    },
  }
}
