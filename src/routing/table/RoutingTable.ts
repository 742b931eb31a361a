/** A compiled routing table: a pure function of a request and a time. */
import { Result } from "effect"
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { LabelSet } from "../../domain/Labels.ts"
import type { Target } from "../../domain/Target.ts"
import { type Decision, Rejected, type RoutingError, UnsupportedIntent } from "../Decision.ts"
import type { Condition } from "../format/Condition.ts"
import type { Destination } from "../format/Destination.ts"
import { FALLBACK, type RoutesFile } from "../format/RoutesFile.ts"
import type { Check, Input } from "./Check.ts"
import { clockworksOf } from "./Clockwork.ts"
import { compileCondition } from "./compileCondition.ts"
import { intentsOf, makeIntentIndex } from "./IntentIndex.ts"
import { fillIn } from "./labels.ts"
import { nameIn } from "./nameIn.ts"
import { stopsOf, targetsFor } from "./stops.ts"

/** A rule that did not decide, and the first check that failed. */
export interface Passed {
  readonly rule: string
  readonly failed: Check
}

/** A table that decides. */
export interface RoutingTable {
  /** The number of its rules, without the fallback. */
  readonly size: number
  /** The decision of the first rule that matches. */
  readonly decide: (input: Input) => Result.Result<Decision, RoutingError>
  /** All rules before the one that decides, in their order. Checks each rule, not only those that the index finds. */
  readonly passed: (input: Input) => ReadonlyArray<Passed>
  /** The table's name for a queue or an agent. */
  readonly nameOf: (target: Target) => string | undefined
}

interface CompiledRule {
  readonly name: string
  readonly intents: ReadonlyArray<string> | undefined
  readonly check: Check | undefined
  readonly decide: (request: HandoverRequest) => Result.Result<Decision, RoutingError>
}

const matches = ({ check }: CompiledRule, input: Input): boolean => check?.failing(input) === undefined

/** Compiles a table whose contents are checked already. A name that the table does not define is an id. */
export const makeRoutingTable = (file: RoutesFile): RoutingTable => {
  const queues = new Map(Object.entries(file.queues ?? {}))
  const agents = new Map(Object.entries(file.agents ?? {}))
  const surroundings = { hours: clockworksOf(file), known: new Map() }

  const compile = (
    name: string,
    { labels, to, when }: { readonly when?: Condition; readonly to: Destination; readonly labels?: LabelSet }
  ): CompiledRule => {
    const stops = stopsOf(to, { queues, agents })
    const { reject } = to
    return {
      name,
      intents: intentsOf(when),
      check: when && compileCondition(when, "when", surroundings),
      decide: (request) =>
        reject === undefined
          ? Result.map(targetsFor(name, stops, request), ([target, ...fallbacks]) => ({
              rule: name,
              target,
              ...(fallbacks.length === 0 ? {} : { fallbacks }),
              ...(labels === undefined ? {} : { labels: fillIn(labels, request) })
            }))
          : Result.fail(new Rejected({ rule: name, text: reject }))
    }
  }

  const rules = file.rules.map((rule) => compile(rule.name, rule))
  const fallback = file.fallback && compile(FALLBACK, file.fallback)
  const candidates = makeIntentIndex(rules.map(({ intents }) => intents))

  return {
    size: rules.length,
    decide: (input) => {
      const { request } = input
      for (const index of candidates(request.intent)) {
        const rule = rules[index]
        if (rule !== undefined && matches(rule, input)) return rule.decide(request)
      }
      return fallback === undefined
        ? Result.fail(new UnsupportedIntent({ intent: request.intent }))
        : fallback.decide(request)
    },
    passed: (input) => {
      const passed: Array<Passed> = []
      for (const { check, name } of rules) {
        const failed = check?.failing(input)
        if (failed === undefined) return passed
        passed.push({ rule: name, failed })
      }
      return passed
    },
    nameOf: nameIn(file)
  }
}
