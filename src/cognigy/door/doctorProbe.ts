/**
 * Requests that `doctor` sends to see whether the webhook refuses and accepts what it should. They are refused like all others, and counted apart, so that a check that runs
 * every few minutes alerts nobody. The header is no proof: it only counts where there is nothing to hide, without credentials or with valid ones.
 */
import type { Headers } from "effect/http"

const NAME = "x-cognigy-cxone-router"
const VALUE = "doctor"

/** The header of these requests. */
export const DOCTOR_HEADER: Readonly<Record<string, string>> = { [NAME]: VALUE }

/** The reason of their refusals, in the journal and in metrics. */
export const DOCTOR_REASON = "doctor"

/** True when the request says that it is one of them. */
export const saysDoctor = (headers: Headers.Headers): boolean => headers[NAME] === VALUE
