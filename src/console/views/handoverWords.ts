/** Handovers in words, for both of their pages. */
import { type Target, targetKey } from "../../domain/Target.ts"
import { type Html, html } from "../../std/html.ts"

/** The name of a target, as `queue:ID` or `agent:ID`, where a table has one. */
export type NameOf = (target: string) => string | undefined

/** A target by its name, with its id in the title. */
export const targetCell = (target: Target, nameOf: NameOf): Html =>
  html`<span title="${target.type} ${target.id}"><span class="muted">${target.type}</span> <bdi>${nameOf(targetKey(target)) ?? target.id}</bdi></span>`

/** A name inside a sentence. Isolated: one that is written from right to left does not turn the sentence around. */
export const isolated = (name: string): string => `\u2068${name}\u2069`

/** A target inside a sentence: `queue Support`. */
export const targetInSentence = (target: Target, nameOf: NameOf): string =>
  `${target.type} ${isolated(nameOf(targetKey(target)) ?? target.id)}`

/** The name of an outcome as metrics have it, as words: `rate limited`. */
export const inSentence = (reason: string): string => reason.replaceAll("_", " ")
