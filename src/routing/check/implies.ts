/** Implication between conditions: one holds wherever the other does. It finds rules that never decide. */
import type { ValueTest } from "../format/ValueTest.ts"
import { list } from "../table/demands.ts"
import { coversGlob } from "../table/Glob.ts"
import { inLanguageRange } from "../table/language.ts"
import { shareOf } from "../table/userShare.ts"
import type { Fact, Facts } from "./facts.ts"
import { confidenceImplies, testImplies } from "./testImplies.ts"

/** True when one of the wide patterns covers each of the narrow ones. */
const covered = (
  narrow: string | ReadonlyArray<string> | undefined,
  wide: string | ReadonlyArray<string>,
  covers: (wide: string, narrow: string) => boolean
): boolean => narrow !== undefined && list(narrow).every((one) => list(wide).some((other) => covers(other, one)))

const recordImplies = (
  narrow: Readonly<Record<string, ValueTest>> | undefined,
  wide: Readonly<Record<string, ValueTest>>
): boolean =>
  Object.entries(wide).every(([name, test]) => {
    const given = narrow !== undefined && Object.hasOwn(narrow, name) ? narrow[name] : undefined
    return given !== undefined && testImplies(given, test)
  })

const factImplies = (narrow: Fact, wide: Fact): boolean => {
  const { channel, closed, confidence, data, entities, intent, language, not, open, percentage } = wide
  if (narrow.any?.every((one) => factsImply(one, [wide]))) return true
  if (intent !== undefined) return covered(narrow.intent, intent, coversGlob)
  if (channel !== undefined) return covered(narrow.channel, channel, coversGlob)
  if (language !== undefined) return covered(narrow.language, language, inLanguageRange)
  if (confidence !== undefined) {
    return narrow.confidence !== undefined && confidenceImplies(narrow.confidence, confidence)
  }
  if (entities !== undefined) return recordImplies(narrow.entities, entities)
  if (data !== undefined) return recordImplies(narrow.data, data)
  if (open !== undefined) return narrow.open === open
  if (closed !== undefined) return narrow.closed === closed
  if (percentage !== undefined && narrow.percentage !== undefined) {
    const [few, many] = [shareOf(narrow.percentage), shareOf(percentage)]
    return few.seed === many.seed && few.of <= many.of
  }
  return not !== undefined && narrow.not !== undefined && factsImply(not, narrow.not)
}

/** True for a fact that holds for every request. */
const alwaysHolds = ({ intent, percentage }: Fact) =>
  (percentage !== undefined && shareOf(percentage).of === 100) || (intent !== undefined && list(intent).includes("*"))

/** True when all wide facts hold wherever all narrow facts do. False may be wrong, when only several facts together show it. */
export const factsImply = (narrow: Facts, wide: Facts): boolean =>
  wide.every(
    (fact) =>
      alwaysHolds(fact) ||
      narrow.some((given) => factImplies(given, fact)) ||
      (fact.any?.some((one) => factsImply(narrow, one)) ?? false)
  )
