/**
 * What a client says with a call besides its input, as headers of oRPC's peer protocol (MessagePort, WebSocket
 * and HTTP carry them alike). Set them with the link's `headers` option; names are in lower case.
 */
export const RPC_HEADERS = {
  /** The id of the person whom the caller acts as. */
  person: 'x-quarterdeck-person',
  /** What `workspace.people.actAs` gave for a person with a passphrase. */
  proof: 'x-quarterdeck-proof',
  /** The command's id, a UUIDv7 chosen by who intends it: send the same one again when an answer got lost. */
  command: 'x-quarterdeck-command',
  /** When it was intended, by the device's clock: milliseconds since the epoch, as decimal digits. */
  at: 'x-quarterdeck-at',
} as const
