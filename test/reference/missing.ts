/** What people who use the package would miss. */
import type { Documented, EntryPoint, Export } from "./PublicApi.ts"

/**
 * All exports and members, those of options included, that have no doc comment; those that can fail, and say nothing of it; quantities of nobody knows what;
 * layers that do not say what they need and fail with, and types that nobody can name.
 */
export const missingIn = (entryPoints: ReadonlyArray<EntryPoint>): ReadonlyArray<string> => {
  const found = entryPoints.flatMap(({ exports }) =>
    exports.flatMap((one) => [
      ...ofOne(one, one.name, one),
      ...one.unexported.map((type) => `${one.file}: ${one.name} names the type ${type}, which no entry point exports`),
      ...[...one.members, ...one.inner].flatMap((member) => ofOne(member, `${one.name}.${member.name}`, one))
    ])
  )
  return [...new Set(found)].sort()
}

/** What a comment says of failures; the name of an error does as well. */
const FAILS = /\b(?:fail(?:s|ed|ure|ures|ing)?|errors?|die[sd]?|refuse[sd]?|refusals?)\b/iu

/** What tells of a number what it counts, or its unit. */
const UNIT =
  /\b(?:ms|milliseconds?|s|seconds?|minutes?|hours?|bytes?|[KM]iB|characters?|digits?|share|ratio|percent|0 to 1|1 to|port|status|how (?:many|much|often|long|old|far)|number of|times|index|line|lines|column|columns|count|counts)\b|%/iu

/** What tells of a duration which time it is. */
const TIME =
  /\b(?:how (?:long|far|old)|for how|longest|time|times|timeout|wait|waits|every|after|between|until|ms|s|seconds?|minutes?|hours?)\b/iu

const ofOne = (one: Documented, name: string, owner: Export): ReadonlyArray<string> => {
  const { doc, failsWith, file, isConstant, isUnannotatedLayer, quantity } = one
  if (doc === "") return [`${file}: ${name} has no doc comment`]
  const tellsOfFailure = (text: string) => FAILS.test(text) || failsWith.some((error) => text.includes(`\`${error}\``))
  const isUnknown = quantity !== undefined && !(quantity === "number" ? UNIT : TIME).test(doc)
  return [
    ...(isUnannotatedLayer ? [`${file}: ${name} gives a layer, and does not say what it needs and fails with`] : []),
    ...(failsWith.length > 0 && !tellsOfFailure(doc) && !tellsOfFailure(owner.doc)
      ? [`${file}: ${name} can fail with ${failsWith.join(", ")}, and its comment does not say so`]
      : []),
    ...(isUnknown ? [`${file}: ${name} is a ${quantity}, and its comment does not say of what`] : []),
    ...(isConstant && !/\d/.test(doc)
      ? [`${file}: ${name} does not change, and its comment does not say its value`]
      : [])
  ]
}
