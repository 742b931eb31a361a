/** Problems that need attention, in words. */
import { Result } from "effect"
import { counted, millis } from "../parts.ts"
import { MINUTE } from "./LastHour.ts"
import type { Now } from "./Now.ts"
import { timesOf, total, totalOf } from "./sums.ts"

/** Something that needs attention. */
export interface Attention {
  readonly severity: "bad" | "warning"
  /** The problem. */
  readonly what: string
  /** The remedy. */
  readonly advice: string
  /** A page of the console that says more. */
  readonly link?: { readonly href: string; readonly text: string }
}

/** The time that shares of handovers are taken from, in minutes. */
const WINDOW = 15

/** The share of failed handovers from which on it is more than a single mishap. */
const MANY_FAIL = 0.05

/** The share of refused requests from which on a flow is wrong. */
const MANY_REFUSED = 0.1

/** Cognigy's HTTP Request node waits 8 s by default. */
const SLOW = 5000

/** The labels that wait when they do not get through. */
const MANY_LABELS = 100

const share = (part: number, whole: number) => `${Math.max(1, Math.round((100 * part) / whole))} %`

const ofCXone = ({ before, notReady, numbers }: Now): ReadonlyArray<Attention> => {
  const open = numbers.circuits.filter(({ state }) => state === "open").map(({ circuit }) => circuit)
  const labels = open.includes("label")
  const calls = open.filter((circuit) => circuit !== "label")
  const limited = numbers.theirLimit - before.theirLimit
  const waited = numbers.ownLimit - before.ownLimit
  return [
    ...(notReady === undefined
      ? []
      : [
          {
            severity: "bad" as const,
            what: `Handovers cannot be taken: ${notReady}`,
            advice: "Run `npm run doctor` beside the router: it names the setting or the part of CXone that is wrong."
          }
        ]),
    ...(calls.length === 0
      ? []
      : [
          {
            severity: "bad" as const,
            what: `Calls to CXone are paused, because many in a row failed (circuit ${calls.join(" and ")})`,
            advice:
              "The router tries again by itself. Look at CXone's status page, and at what the failed handovers say.",
            link: { href: "/console/handovers?outcome=failed", text: "Failed handovers" }
          }
        ]),
    ...(limited > 0
      ? [
          {
            severity: "warning" as const,
            what: `CXone limited us: ${counted(limited, "answer")} 429 in the last five minutes`,
            advice: "Set CXONE_RATE_LIMIT a little below your tenant's limit, or ask NICE for a higher one."
          }
        ]
      : []),
    ...(waited > 0
      ? [
          {
            severity: "warning" as const,
            what: `${counted(waited, "call")} to CXone waited for CXONE_RATE_LIMIT in the last five minutes`,
            advice: "Raise CXONE_RATE_LIMIT if your tenant allows more."
          }
        ]
      : []),
    ...(labels || numbers.labelsWaiting >= MANY_LABELS
      ? [
          {
            severity: "warning" as const,
            what: `Labels do not get through: those of ${counted(numbers.labelsWaiting, "conversation")} wait`,
            advice:
              "Handovers go on. Reports in CXone lack the intent until the labels are sent; the router's log says why they fail."
          }
        ]
      : [])
  ]
}

/** More entries than wait between two batches of a busy router. */
const MANY_WAITING = 200

const ofHistory = ({ lastHour, numbers }: Now): ReadonlyArray<Attention> => [
  ...(Result.isFailure(lastHour) || numbers.isDatabaseUp === false
    ? [
        {
          severity: "bad" as const,
          what: `The history cannot be read: ${Result.isFailure(lastHour) ? lastHour.failure : "the database does not answer."}`,
          advice: "Handovers go on, without a record once the queue is full. Look at the database of DATABASE_URL."
        }
      ]
    : []),
  ...(numbers.waiting > MANY_WAITING
    ? [
        {
          severity: "warning" as const,
          what: `${numbers.waiting} entries of the history wait for the database`,
          advice: "It is locked, full or slow. Handovers go on; once 10,000 wait, the next ones are not recorded."
        }
      ]
    : []),
  ...(numbers.dropped > 0
    ? [
        {
          severity: "warning" as const,
          what: `${counted(numbers.dropped, "entry").replace("entrys", "entries")} of the history ${numbers.dropped === 1 ? "was" : "were"} dropped since the start`,
          advice: "The database was slow or away. These handovers were answered, but they are missing here."
        }
      ]
    : [])
]

const ofTable = ({ table }: Now): ReadonlyArray<Attention> =>
  table?.rejected === undefined
    ? []
    : [
        {
          severity: "warning",
          what: `A change of the routing table is not used: ${counted(table.rejected.problems, "problem")}`,
          advice: `Version ${table.version} stays live. The router's log has the problems with their lines; \`npm run doctor\` shows them too.`,
          link: { href: "/console/routing", text: "Routing" }
        }
      ]

const ofHandovers = ({ at, lastHour }: Now): ReadonlyArray<Attention> => {
  if (Result.isFailure(lastHour)) return []
  const since = at - WINDOW * MINUTE
  const recent = lastHour.success.filter(({ minute }) => minute + MINUTE > since)
  const all = total(recent)
  const failed = totalOf(recent, "failed")
  const refused = totalOf(recent, "refused")
  const { p95 } = timesOf(recent)
  const linkTo = (outcome: string, text: string) => ({
    href: `/console/handovers?${new URLSearchParams({ outcome, from: new Date(since).toISOString() })}`,
    text
  })
  return [
    ...(failed === 0
      ? []
      : [
          {
            severity: failed / all >= MANY_FAIL ? ("bad" as const) : ("warning" as const),
            what: `${counted(failed, "handover")} failed in the last ${WINDOW} minutes (${share(failed, all)} of ${all.toLocaleString("en")})`,
            advice: "Each says why. While its request is kept, it can be handed over again.",
            link: linkTo("failed", "Failed handovers")
          }
        ]),
    ...(refused / all >= MANY_REFUSED
      ? [
          {
            severity: "warning" as const,
            what: `${counted(refused, "request")} of Cognigy's ${refused === 1 ? "was" : "were"} refused in the last ${WINDOW} minutes (${share(refused, all)})`,
            advice: "A flow sends what the router cannot take: an intent without a rule, or a wrong payload.",
            link: linkTo("refused", "Refused requests")
          }
        ]
      : []),
    ...(p95 !== undefined && p95 >= SLOW
      ? [
          {
            severity: "warning" as const,
            what: `One handover in twenty takes more than ${millis(p95)}`,
            advice:
              "Cognigy's HTTP Request node gives up after 8 s by default. CXone answers slowly: look at its status page."
          }
        ]
      : [])
  ]
}

const RANK = { bad: 0, warning: 1 }

/** Problems that need attention, most severe first. */
export const attentionOf = (now: Now): ReadonlyArray<Attention> =>
  [...ofCXone(now), ...ofHandovers(now), ...ofTable(now), ...ofHistory(now)].toSorted(
    (one, other) => RANK[one.severity] - RANK[other.severity]
  )
