/** The command line in a process of its own. Run: node cli-child.ts <arguments> */
import { runCli } from '#main/host/cli.ts'

process.exitCode = await runCli(process.argv.slice(2), { version: '1.2.3' })
