/** Files that people gave to the workspace or that exports go to, by handles; a host implements it. */
export interface FilesPort {
  /** @throws Refusal `FILE_UNKNOWN` */
  find(handle: string, mode: 'read' | 'write'): { readonly name: string; readonly path: string }
  /** Makes a place for an export of this name. */
  forExport(name: string): { readonly handle: string; readonly name: string; readonly path: string }
  /** Forgets a handle, and deletes the bytes that are ours. */
  release(handle: string): void
}
