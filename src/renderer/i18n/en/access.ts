/** Words of who may come in: sessions, tokens, devices, invitations. */
export const accessErrors = {
  ACCESS_NEEDS_SERVER:
    'Only the server does this. Sign in at its address in a browser; a workspace without a server has no sign-in.',
  ACCESS_SCOPE_UNKNOWN: 'A token cannot be given “{{scope}}”.',
  ACCESS_SESSION_INVALID: 'You are signed out. Sign in again; nothing that you did is lost.',
  ACCESS_ONLY_ADMIN:
    'Nobody makes themselves approver alone, and you are the only admin. Make somebody else an admin first, or let another person be the approver.',
  ACCESS_SECOND_ADMIN:
    'Nobody makes themselves approver alone. Ask for it, and another admin confirms it: {{admins}}.',
  ACCESS_OWN_REQUEST: 'Another admin has to confirm this: you asked for it yourself.',
  ACCESS_REQUEST_DECIDED: 'This request is decided already.',
  ACCESS_LINK_INVALID:
    'This link was used, has expired, or was replaced by a newer one. Ask an admin for another.',
  ACCESS_OTHER_SUBJECT:
    'Another account of the sign-in provider stands for this person. An admin can remove it, and then this one can be linked.',
  ACCESS_DEVICE_REVOKED:
    'This device was revoked: the server takes nothing more from it. What waited here is kept and was not sent.',
} as const
