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
    'Only the server knows this, and it cannot be asked just now. Everything else works as before.',
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
} as const
