/** Words of a connection to a server: why it cannot be asked, and what came back. */
export const syncErrors = {
  SYNC_OFFLINE: 'The server {{host}} cannot be reached from here. What you do is kept and sent when it can.',
  SYNC_NO_ANSWER:
    'The server {{host}} did not answer in time. What you do is kept and sent when it answers again.',
  SYNC_TLS:
    'The certificate of {{host}} is not accepted, so nothing was sent. The clock of this machine may be wrong, or somebody stands between ({{reason}}).',
  SYNC_SERVER_AWAY:
    'What stands before {{host}} says that the server is away ({{status}}). It is tried again by itself.',
  SYNC_NOT_OURS:
    'Something else than Quarterdeck answered for {{host}}. A network that wants you to sign in does that: open a page in a browser, sign in there, and it goes on.',
  SYNC_REDIRECTED:
    '{{host}} sends on to {{to}}, which is not followed. Sign in to the network in a browser, or connect to the server’s own address.',
  SYNC_SERVER_FAILED:
    'The server failed at this and did not decide it. Its log has the reference {{reference}}.',
  SYNC_DESK_TOO_OLD:
    'The server is more than one release ahead of this machine, so they do not work together. Bring Quarterdeck on this machine up to date; what waits here is kept.',
  SYNC_SERVER_TOO_OLD:
    'This machine is more than one release ahead of the server, so they do not work together. Bring the server up to date; what waits here is kept.',
  SYNC_BAD_MESSAGE: 'The server did not understand what this machine sent. What waits here is kept.',
  SYNC_PATH_UNKNOWN: 'The server does not know this question. It may be an older release.',
  SYNC_DEVICE_NEEDED: 'This machine is not enrolled at the server (any more). Connect it again.',
  SYNC_NOT_CONNECTED: 'This workspace is standalone: there is no server to ask.',
  SYNC_NETWORK_NEEDED:
    'Only the server knows this, and it cannot be asked just now. It comes by itself when the server answers; everything else works as before.',
  SYNC_URL_INVALID:
    '“{{url}}” is no address of a server. It begins with https://, or with http:// on this machine.',
  SYNC_CONNECTED_ALREADY: 'This workspace is connected to {{url}} already. Disconnect it first.',
  SYNC_BOTH_FULL:
    'This workspace and the one of the server both have content, and cannot be made one. Connect an empty workspace to this server, or this one to an empty workspace of a server.',
  SYNC_HOST_CANNOT: 'This program cannot be connected to a server.',
  SYNC_WAITING:
    'Changes wait that the server does not have ({{count}}). Send them first, or let them go knowingly.',
  SYNC_ENROLMENT_REFUSED: 'Somebody said no at the server. This machine is not enrolled.',
  SYNC_ENROLMENT_EXPIRED: 'Nobody confirmed the code in time. Begin again for a new one.',
  SYNC_NOT_ADMIN: 'Only an admin of the server’s workspace may upload one into it.',
  SYNC_COMMAND_UNKNOWN: 'The server does not know this command. It may be an older release.',
  SYNC_NOT_YOURS: 'This machine may not act for this person at the server.',
  SYNC_NOT_HERE: 'Some of this is not on this desk yet: it needs the server.',
} as const

/** Words of the page that connects a workspace to a server. */
export const connectionWords = {
  subtitle: 'Several people and machines work in one workspace over a server, also without a network.',
  text: 'This workspace is standalone: this machine has the last word. Connected to a server, it goes up there with everything that it holds, and others can work in it. The server’s workspace must be empty.',
  joinHere: 'Connect to a server',
  joinHereText:
    'Your company has a server already. This machine takes the workspace from there and keeps a copy, so that you can work without a network.',
  joinHereStart: 'Give its address',
  url: 'Address of the server',
  urlHint: 'As you open it in a browser. Nothing of this workspace goes there before you have confirmed it.',
  begin: 'Connect',
  back: 'Back',
  isServer:
    'This is the server of the workspace. Whoever wants to work without a network connects Quarterdeck on their computer to this address:',
  onlyAdmin: 'This workspace is standalone. An admin can connect it to a server.',
  code: 'Code',
  codeText:
    'Open the page at {{url}}, sign in there, and confirm that it shows this code. From then on the server knows this machine.',
  codeUntil: 'The code is good until',
  openPage: 'Open the page',
  giveUp: 'Give up',
  joinText: 'The workspace is on its way here. It goes on by itself when it is cut off.',
  uploadText:
    'This workspace goes to the server. You can work on meanwhile. Until it is there as a whole, this machine has the last word.',
  joining: 'Fetching the workspace',
  uploading: 'Sending the workspace',
  rows_one: '{{shown}} row',
  rows_other: '{{shown}} rows',
  tryingAgain: 'It is tried again by itself.',
  server: 'Server',
  how: 'Connection',
  state: {
    ok: 'Online',
    warning: 'Offline',
    critical: 'Stopped',
    running: 'Begins',
  },
  why: 'Why',
  lastSync: 'Last sync',
  waits: 'Waiting',
  nothingWaits: 'Nothing waits and nothing needs review',
  counts: '{{waiting}} wait to be sent, {{review}} need review',
  others: 'Changes of others',
  atOnce: 'are here at once',
  nowAndThen: 'are asked for every half minute',
  clock:
    'The clock of this machine differs from the server’s by {{minutes}} minutes. Set it right: the times that you see here are wrong by that much.',
  syncNow: 'Sync now',
  synced_one: 'In sync. {{count}} row came.',
  synced_other: 'In sync. {{count}} rows came.',
  refused_one: 'In sync. {{count}} change was refused and needs review.',
  refused_other: 'In sync. {{count}} changes were refused and need review.',
  disconnect: 'Disconnect',
  leaveTitle: 'Disconnect this machine?',
  leaveWaiting_one:
    '{{count}} change of this machine is not confirmed by the server, and never will be. In a copy it stays in effect.',
  leaveWaiting_other:
    '{{count}} changes of this machine are not confirmed by the server, and never will be. In a copy they stay in effect.',
  keepCopy: 'Keep a copy',
  keepCopyText:
    'The workspace goes on here with everything that is on this machine, standalone. What happens at the server afterwards does not come here any more.',
  keepNothing: 'Keep nothing',
  keepNothingText: 'What is on this machine is removed. The server keeps everything.',
} as const

/** Words of the side by side of a refused command. */
export const compareWords = {
  title: 'What changed meanwhile',
  field: 'Field',
  basedOn: 'When you did it',
  current: 'On the server now',
  wanted: 'What you wanted',
  same_one: '{{count}} field is the same.',
  same_other: '{{count}} fields are the same.',
  nothing: 'Nothing is kept to compare: the command names no row.',
  gone: 'not there',
  equal: 'The server has it as you saw it; it was refused for the reason above.',
  row: 'Row',
  about: 'About',
  request: 'Requested',
} as const
