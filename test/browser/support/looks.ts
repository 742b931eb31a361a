/** A view in light and dark, on a desktop and on a phone: held to WCAG 2.2, levels A and AA, as far as axe can tell, and shown to a person who asks for pictures. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import axe from "axe-core"
import type { Page } from "playwright-core"
import { assert } from "vitest"

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 780 } }

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/** Colours alone differ in the dark, and they are the same on a phone. */
const LOOKS = [
  { device: "desktop", scheme: "light", rules: RULES },
  { device: "desktop", scheme: "dark", rules: ["color-contrast"] },
  { device: "phone", scheme: "dark", rules: [] },
  { device: "phone", scheme: "light", rules: RULES }
] as const

const violations = (rules: ReadonlyArray<string>) => `
  axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ help, id, nodes }) =>
      id + ": " + help + ": " + nodes.map(({ html, target }) => target.join(" ") + " " + html.slice(0, 200)).join("\\n  ")
    )
  )`

/** Takes a picture of the whole page, where `TEST_PICTURES` names a folder. */
const picture = async (page: Page, name: string) => {
  const folder = process.env.TEST_PICTURES
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

/** Holds a view, in the state that it is in, to the rules in each of its looks. Nothing may be wider than the window. `name` names its pictures. */
export const assertGoodLooks = async (page: Page, name: string): Promise<void> => {
  await page.evaluate(axe.source)
  for (const { device, rules, scheme } of LOOKS) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize(SIZES[device])
    await picture(page, `${name}-${device}-${scheme}`)
    const look = `${name}, ${device}, ${scheme}`
    if (rules.length > 0) assert.deepStrictEqual<unknown>(await page.evaluate(violations(rules)), [], look)
    const [width, window] = await page.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]")
    assert.isAtMost(width, window, `${look}: wider than the window`)
  }
}
