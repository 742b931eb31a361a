/** Rules and fallbacks that never decide. */
import { FALLBACK, type RoutesFile } from "../format/RoutesFile.ts"
import type { Flaw } from "./Flaw.ts"
import { shadowedRules } from "./shadowedRules.ts"

/** Problems of rules that never decide. Rules of `parts` are left out. */
export const shadowFlaws = ({ fallback, rules }: RoutesFile, parts: ReadonlySet<number>): ReadonlyArray<Flaw> => {
  const whole = [...rules.entries()].filter(([index]) => !parts.has(index))
  const shadowed = shadowedRules(whole.map(([, { when }]) => when)).flatMap(({ by, rule }) => {
    const [earlier, later] = [whole[by], whole[rule]]
    if (earlier === undefined || later === undefined) return []
    const problem = `rule "${later[1].name}" never decides: rule "${earlier[1].name}" before it takes all that it takes`
    return [{ path: ["rules", later[0], "name"], problem, instead: "put it before that one, or take it out" }]
  })
  const all = whole.find(([, { when }]) => when === undefined)
  if (all === undefined || fallback === undefined) return shadowed
  const problem = `the fallback is never used: rule "${all[1].name}" takes everything`
  return [...shadowed, { path: [FALLBACK], isName: true, problem, instead: "leave one of the two out" }]
}
