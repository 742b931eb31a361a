/** Measures the router beside what else one would write, and beside what nobody can do without: `npm run bench`. */
import { writeFile } from "node:fs/promises"
import { stopAll } from "./Child.ts"
import { type ColdStarts, measureColdStart, showColdStart } from "./coldStart.ts"
import { contenders } from "./contenders.ts"
import { startDatabases } from "./databases.ts"
import { type Decisions, measureDecisions, showDecisions } from "./decisions.ts"
import { type Goal, goalsOf, showGoals } from "./goals.ts"
import { CASES, type Compared, type Lengths, measureHandovers, nameOf, problemsOf, showCase } from "./handovers.ts"
import { measureHistory, problemsOfHistory, type Recorded, showHistory } from "./history.ts"
import { describeMachine, showMachine } from "./machine.ts"
import { measureMemory, type Remembering, showMemory } from "./memory.ts"
import { optionsOf, PARTS } from "./options.ts"
import { startStandIn } from "./standInClient.ts"
import { measureTracing, problemsOfTracing, showTracing, type Traced } from "./tracing.ts"

const options = optionsOf(process.argv.slice(2))

const lengths: Lengths = options.isQuick
  ? { rounds: 3, warmUp: { webhooks: 5000, atMost: 8000 }, ramp: 150, millis: 500 }
  : { rounds: 7, warmUp: { webhooks: 30_000, atMost: 30_000 }, ramp: 300, millis: 1500 }
const starts = options.isQuick ? 3 : 7
/** By the first of them the store of duplicates is full: what grows after it grows for ever. */
const points = [10_000, options.isQuick ? 20_000 : 100_000]

const began = performance.now()
const progress = (text: string) => {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`)
}
const print = (text: string) => {
  if (options.json !== "stdout") process.stdout.write(`${text}\n\n`)
}

/** What was measured so far: a server that fails costs what comes after it. */
const results = {
  began: new Date().toISOString(),
  machine: await describeMachine(),
  options,
  lengths,
  starts,
  missing: [] as string[],
  handovers: [] as Compared[],
  tracing: [] as Traced[],
  history: [] as Recorded[],
  coldStart: [] as ColdStarts[],
  memory: [] as Remembering[],
  routing: undefined as Decisions | undefined,
  problems: [] as string[],
  goals: [] as Goal[]
}

const measureAll = async () => {
  const { coldStart, goals, handovers, history, memory, missing, problems, tracing } = results
  print(showMachine(results.machine))
  const { all, missing: absent } = await contenders(options.routers, options.others)
  missing.push(...absent)
  for (const reason of missing) print(`Not measured: ${reason}`)
  const routers = all.flatMap((contender) =>
    contender.repository === undefined ? [] : [{ contender, repository: contender.repository }]
  )
  const standIn = await startStandIn()
  const measures = (part: string) => options.only.includes(part)
  const databases = measures("history") ? await startDatabases() : undefined
  for (const reason of databases?.missing ?? []) {
    missing.push(reason)
    print(`Not measured: ${reason}`)
  }

  if (measures("handovers")) {
    const cases = CASES.filter((one) => options.cases.includes(nameOf(one)))
    for await (const compared of measureHandovers(all, standIn, cases, lengths, progress)) {
      handovers.push(compared)
      print(`${compared.case}\n${showCase(compared)}`)
      problems.push(...problemsOf(compared))
    }
  }

  for (const { contender, repository } of routers) {
    if (measures("tracing")) {
      const traced = await measureTracing(contender, standIn, lengths, progress)
      print(showTracing(traced))
      tracing.push(traced)
      problems.push(...problemsOfTracing(traced))
    }
    if (databases !== undefined) {
      const recorded = await measureHistory(contender, standIn, databases, lengths, points, progress)
      print(showHistory(recorded))
      print(showMemory(recorded.memory))
      history.push(recorded)
      problems.push(...problemsOfHistory(recorded))
    }
    if (measures("coldStart")) {
      const started = await measureColdStart(contender.name, repository, standIn, starts, progress)
      print(showColdStart(started))
      coldStart.push(started)
    }
  }

  if (measures("memory")) {
    for (const { contender } of routers) {
      memory.push(await measureMemory(contender, standIn, points, progress))
    }
    print(showMemory(memory))
  }

  if (measures("routing")) {
    results.routing = await measureDecisions(progress)
    print(showDecisions(results.routing))
  }
  await databases?.stop()
  await standIn.stop()
  for (const problem of problems) print(`NOT THE SAME WORK: ${problem}`)
  goals.push(...routers.flatMap(({ contender }) => goalsOf(contender.name, results)))
  print(showGoals(goals, PARTS.every(measures) && options.cases.length === CASES.length))
}

let isTold = false
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    isTold = true
    await stopAll()
    process.exit(130)
  })
}

try {
  await measureAll()
  if (results.problems.length > 0) process.exitCode = 1
} catch (error) {
  // The servers hear Ctrl+C, too.
  if (!isTold) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    results.problems.push(String(error))
    process.exitCode = 1
  }
} finally {
  await stopAll()
}

if (!isTold) {
  // What is not a number was not measured.
  const json = `${JSON.stringify(results, undefined, 2)}\n`
  if (options.json === "stdout") process.stdout.write(json)
  else if (options.json !== undefined) await writeFile(options.json.file, json)
}
