/** Words of who may come in: sessions, tokens, devices, invitations. */
export const accessErrors = {
  ACCESS_ONLY_ADMIN:
    'Nobody makes themselves approver alone, and you are the only admin. Make somebody else an admin first, or let another person be the approver.',
  ACCESS_SECOND_ADMIN:
    'Nobody makes themselves approver alone. Ask for it, and another admin confirms it: {{admins}}.',
} as const
