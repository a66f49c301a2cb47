/** Timers as the core sees them: passed in, so that a test can run a year in a second. */
export interface Timer {
  /** Calls once after this many milliseconds. Gives what cancels it. A timer does not keep the process alive. */
  after(milliseconds: number, call: () => void): () => void
}
