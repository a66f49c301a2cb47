/** Words of bulk content: what of usage and costs is on this desk, and what is not. */
export const bulkWords = {
  kind: {
    cost_sums: 'sums of costs',
    cost_lines: 'cost lines',
    usage_sums: 'usage',
    usage_events: 'usage events',
  },
  coming: 'Fetching {{what}} from the server ({{size}}). They are on this desk afterwards, also offline.',
  offline:
    'Not on this desk yet: the {{what}} of this time need the server ({{size}}). They come by themselves when it answers.',
  large: 'The {{what}} of this time are not on this desk yet ({{size}}).',
  away: 'The {{what}} of this time are not on this desk, and there is no server to ask.',
  fetch: 'Fetch {{size}}',
  title: 'Kept on this desk',
  text: 'What there is to see without a network. Anything else is fetched when you look at it, and stays.',
  month: 'Month',
  column: {
    cost_sums: 'Costs',
    cost_lines: 'Cost lines',
    usage_sums: 'Usage',
    usage_events: 'Usage events',
  },
  none: 'The server has neither costs nor usage yet.',
  whole: '{{size}}',
  part: '{{here}} of {{size}}',
  nothing: 'not here · {{size}}',
  take: 'Keep {{month}} here',
  taken: '{{month}} is being fetched.',
} as const
