/** The bytes that a page costs. */
import type { Page } from "playwright-core"

/** The most bytes of a page of the console that nobody has seen before. */
export const FIRST_VIEW = 200_000

/** Loads a page anew, and gives the bytes of all answers, with their headers, until it has come to rest. */
export const weighed = async (page: Page, url: string): Promise<number> => {
  const session = await page.context().newCDPSession(page)
  let bytes = 0
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await session.send("Network.enable")
  await session.send("Network.setCacheDisabled", { cacheDisabled: true })
  await page.goto(url, { waitUntil: "load" })
  await session.detach()
  return bytes
}
