/** The one browser of all browser tests: started before the first of them, ended after the last. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type BrowserServer, chromium as playwright } from "playwright-core"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** The WebSocket of the browser. */
    readonly browser: string
  }
}

/** The package's own version is not exported. It names the folder, so that a newer Chromium is not taken for an older one. */
const VERSION = "153.0.0"

/** Fonts of the system first, since the package brings one font and none for code. */
const fontsConfig = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`

/** Unpacks the Chromium of the npm package, once a machine. The folder appears when it is whole: a run that is cut off leaves none that is broken. */
const unpacked = async (): Promise<string> => {
  const folder = join(tmpdir(), `cognigy-cxone-router-chromium-${VERSION}-${process.getuid?.()}`)
  if (!existsSync(folder)) {
    const { default: chromium } = await import("@sparticuz/chromium")
    const making = mkdtempSync(`${folder}-`)
    const { TMPDIR } = process.env
    // The package unpacks into the folder for temporary files, and takes whatever is there already.
    process.env.TMPDIR = making
    try {
      await chromium.executablePath()
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
    }
    try {
      renameSync(making, folder)
    } catch {
      // Another run was faster.
      rmSync(making, { recursive: true, force: true })
    }
  }
  mkdirSync(join(folder, "fontconfig"), { recursive: true })
  writeFileSync(join(folder, "fontconfig", "fonts.conf"), fontsConfig(folder))
  return folder
}

// Not the package's own arguments: they switch the checks of origins off, which these tests are about.
const ARGUMENTS = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"]

/** Starts a browser: the one of `TEST_BROWSER`, else that of the npm package, else Google Chrome. */
export const launch = async (): Promise<BrowserServer> => {
  const { TEST_BROWSER } = process.env
  if (TEST_BROWSER) return playwright.launchServer({ executablePath: TEST_BROWSER, args: ARGUMENTS })
  if (process.platform !== "linux" || process.arch !== "x64") return playwright.launchServer({ channel: "chrome" })
  const folder = await unpacked()
  return playwright.launchServer({
    executablePath: join(folder, "chromium"),
    args: ARGUMENTS,
    env: { ...process.env, FONTCONFIG_PATH: join(folder, "fontconfig") }
  })
}

/** Starts the browser, and gives what ends it. */
export default async ({ provide }: TestProject) => {
  const server = await launch().catch((cause: unknown) => {
    throw new Error(
      "The browser tests found no browser that starts. On Linux with an x64 processor npm brings one; elsewhere install Google Chrome, or set TEST_BROWSER to the path of a Chromium.",
      { cause }
    )
  })
  provide("browser", server.wsEndpoint())
  return () => server.close()
}
