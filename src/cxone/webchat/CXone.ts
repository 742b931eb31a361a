/** The CXone services put together. */
import { Layer } from "effect"
import type { HttpClient } from "effect/http"
import type { AccessToken } from "../transport/AccessToken.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { Labels, type LabelsOptions } from "../transport/Labels.ts"
import { Conversations } from "./Conversations.ts"
import type { CXoneSettings } from "./CXoneSettings.ts"
import { Directory } from "./Directory.ts"
import { Routing } from "./Routing.ts"

/** The services of one CXone tenant. */
export type Services = AccessToken | Conversations | CXoneClient | Directory | Labels | Routing

/**
 * The services of one CXone tenant, over whatever `HttpClient` is given. What is built from one such layer is shared: one access token, one circuit, one
 * rate limit. Another call makes a layer for another tenant, which shares nothing with the first. Building it calls nobody, and cannot fail.
 */
export const layer = (
  labels: LabelsOptions = {}
): Layer.Layer<Services, never, CXoneSettings | HttpClient.HttpClient> =>
  Layer.mergeAll(Conversations.layer(), Directory.layer(), Labels.layer(labels), Routing.layer()).pipe(
    Layer.provideMerge(CXoneClient.layer())
  )
