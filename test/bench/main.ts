/** Measures the router beside what else one would write, and beside what nobody can do without: `npm run bench`. */
import { writeFile } from "node:fs/promises"
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import { stopAll } from "./Child.ts"
import { contenders, NO_TUTORIAL } from "./contenders.ts"
import { CASES, type Lengths, measureHandovers, nameOf, problemsOf, showCase } from "./handovers.ts"
import { startStandIn } from "./standInClient.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    router: { type: "string", multiple: true, default: [] },
    against: { type: "string", multiple: true, default: [] },
    cases: { type: "string", multiple: true, default: [] },
    only: { type: "string", multiple: true, default: [] }
  }
})

const list = (given: ReadonlyArray<string>) => given.flatMap((names) => names.split(","))
const progress = (text: string) => process.stderr.write(`${text}\n`)

const lengths: Lengths = values.quick
  ? { rounds: 3, warmUp: 2000, ramp: 150, millis: 500 }
  : { rounds: 7, warmUp: 5000, ramp: 300, millis: 1500 }

const main = async () => {
  const standIn = await startStandIn()
  const all = await contenders(values.router, list(values.against))
  const names = list(values.cases)
  const cases = CASES.filter((one) => names.length === 0 || names.includes(nameOf(one)))
  const compared = await measureHandovers(all, standIn, cases, lengths, progress)
  for (const one of compared) process.stdout.write(`${one.case}\n${showCase(one)}\n\n`)
  process.stdout.write(`${problemsOf(compared).join("\n")}\n`)
  process.stdout.write(cpus()[0]?.model + NO_TUTORIAL + positionals)
  await writeFile("/dev/null", "")
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await stopAll()
    process.exit(130)
  })
}

try {
  await main()
} finally {
  await stopAll()
}
