import { type MainPort, runCoreProcess } from './desktop-core/run-core-process.ts'

/** What Electron's main process forks as a utility process. */
const { parentPort } = process as unknown as { parentPort?: MainPort }

if (parentPort) {
  const crash = runCoreProcess(parentPort, {
    exit: code => process.exit(code),
    print: line => process.stderr.write(`${line}\n`),
  })
  // In a utility process an unhandled rejection only warns, and what follows is undefined: end instead.
  process.on('unhandledRejection', crash)
  process.on('uncaughtException', crash)
}
