import { CommanderError } from 'commander'
import type { CliServices } from '#shared/host-entries.ts'
import { EXIT } from './cli/exit-codes.ts'
import { tell } from './cli/failure.ts'
import { type Io, toJson } from './cli/io.ts'
import { makeProgram } from './cli/program.ts'

const processIo: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: () => process.cwd(),
}

/**
 * Runs one command line and resolves to its exit code (`cli/exit-codes.ts`), without ending the process.
 * @param args what comes after the program's name
 */
export async function runCli(
  args: readonly string[],
  services: CliServices,
  io: Io = processIo,
): Promise<number> {
  let exit: number = EXIT.ok
  const program = makeProgram({
    io,
    services,
    exitWith: code => {
      exit = code
    },
  })
  // A reader that went away (`| head`) is not a failure.
  const ignore = () => {}
  io.stdout.on('error', ignore)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const { exit: code, message, ...told } = tell(error)
    if (args.includes('--json')) io.stderr.write(`${toJson({ error: { message, ...told } })}\n`)
    else if (message !== '') io.stderr.write(`${message}\n`)
    return code
  } finally {
    io.stdout.off('error', ignore)
  }
}
