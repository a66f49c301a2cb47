/** What the errors of the contract mean in plain words, by code. Features add theirs in their own file. */
export const errors = {
  BAD_REQUEST: 'The program sent something that the core does not accept. Nothing was changed.',
  UNAUTHORIZED: 'This session has ended. Open Quarterdeck again.',
  FORBIDDEN: 'The acting person’s role does not allow this.',
  NOT_FOUND: 'It is not there any more. It may have been removed.',
  CONFLICT: 'Somebody changed this at the same time. Look at the current state and try again.',
  TIMEOUT: 'It took too long and was stopped. Nothing was changed.',
  SERVICE_UNAVAILABLE: 'The core is not answering just now.',
} as const
