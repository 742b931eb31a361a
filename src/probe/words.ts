/** The probe's words for people. */
import type { Finding } from "./Finding.ts"
import type { Left } from "./OwnContacts.ts"
import { type Answered, countsOf, QUESTIONS } from "./ProbeReport.ts"
import type { ProbePlan } from "./plan.ts"

const MARKS = { "as assumed": "✓", handled: "≠", "not handled": "✗", unanswered: "?", skipped: "-" }

const line = ({ assumed, because = "", fact, seen, verdict }: Finding): string => {
  switch (verdict) {
    case "as assumed":
      return `${fact}: ${seen}. As assumed`
    case "handled":
      return `${fact}: ${seen}. Assumed: ${assumed}. The router handles both: ${because}`
    case "not handled":
      return `${fact}: ${seen}. Assumed: ${assumed}. The router does not handle this: ${because}`
    case "unanswered":
      return `${fact}: no answer, since ${seen}. Assumed: ${assumed}`
    case "skipped":
      return `${fact}: skipped. ${seen}`
  }
}

/** A question and its facts, a line each. */
export const answered = ({ findings, number, question }: Answered): ReadonlyArray<string> => [
  "",
  `${number}. ${question}`,
  ...findings.map((finding) => `   ${MARKS[finding.verdict]} ${line(finding)}`)
]

/** What the probe is about to do. */
export const plan = ({ agent, api, channel, messages, skill, updates, user }: ProbePlan): ReadonlyArray<string> => [
  "",
  "What comes next writes to this tenant:",
  `   channel ${channel.id}${channel.name === undefined ? ", whose name CXone does not tell" : `, named ${channel.name}`}, at ${api}`,
  `   ${messages} messages of users of the probe's own (${user}…), which open at most ${messages} contacts`,
  ...(skill === undefined ? [] : [`   some of these contacts go to the skill ${skill}, where agents may get them`]),
  ...(agent === undefined ? [] : [`   one of them is assigned to the agent ${agent}`]),
  ...(updates === 0 ? [] : [`   another one is updated up to ${updates} times, until CXone limits that`]),
  "   the channel's script runs for each of them; all of them are closed in the end",
  ...(channel.isLiveChat ? ["   the channel is a live chat: a sandbox's BYOC channel is the right one"] : [])
]

/** What could not be closed. */
export const leftOpen = (left: ReadonlyArray<Left>): ReadonlyArray<string> =>
  left.length === 0
    ? []
    : [
        "",
        "Could not be closed. Close it in CXone:",
        ...left.map(({ contact, user }) =>
          contact === undefined
            ? `   a contact of the user ${user}, if there is one: its message was not answered`
            : `   contact ${contact} of the user ${user}`
        )
      ]

/** The last line. */
export const summary = (questions: ReadonlyArray<Answered>): string => {
  const { "as assumed": same, handled, "not handled": unknown, skipped, unanswered } = countsOf(questions)
  const missing = QUESTIONS.length - questions.length
  return [
    `Differ from what the router assumes: ${handled + unknown} of ${same + handled + unknown} answers, of which it does not handle ${unknown}`,
    ...(unanswered === 0 ? [] : [`without an answer: ${unanswered}`]),
    ...(skipped === 0 ? [] : [`skipped: ${skipped}`]),
    ...(missing === 0 ? [] : [`not reached: ${missing} of ${QUESTIONS.length} questions`])
  ].join("; ")
}
