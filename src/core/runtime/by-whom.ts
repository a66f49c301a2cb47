/** Who does something; null where the workspace does it by itself, such as a schedule or a job. */
type Somebody = { readonly id: string } | null

/** The person who does it, as a column keeps it: null where the workspace does it by itself. */
export const byWhom = (actor: Somebody): string | null => (actor === null ? null : actor.id)

/** The person who does it, for where somebody always stands: empty where the workspace does it by itself. */
export const byWhomOrNobody = (actor: Somebody): string => byWhom(actor) ?? ''
