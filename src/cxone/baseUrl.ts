/** The starts of URLs that calls go to. */
import { Schema } from "effect"

/** The problem of a text that cannot be one. */
export const NO_BASE_URL = "not an http or https URL without credentials, query or fragment"

/** True for an http or https URL without credentials, query or fragment. */
export const isBaseUrl = (text: string): boolean => {
  const url = URL.parse(text)
  return (
    url !== null &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  )
}

/** The URL as its parser reads it, with nothing after the path, and no slash at the end. */
export const toBaseUrl = (text: string): string => {
  const { origin, pathname } = new URL(text)
  return (origin + pathname).replace(/\/+$/, "")
}

/** A text for which `isBaseUrl` is true. */
export const BaseUrl = Schema.String.check(Schema.makeFilter(isBaseUrl, { message: NO_BASE_URL }))
