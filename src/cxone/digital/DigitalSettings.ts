/** A tenant with the Digital Engagement API, and our credentials. */
import { Context, type Duration, type Redacted, type SubscriptionRef } from "effect"
import type { TransportOptions } from "../transport/Transport.ts"

/** An OAuth client and the access key of an employee: calls act as that employee. */
export interface DigitalClient {
  /** The client's id. */
  readonly clientId: string
  /** The client's secret. */
  readonly clientSecret: Redacted.Redacted
  /** The access key's id. */
  readonly accessKeyId: string
  /** The access key's secret. */
  readonly accessKeySecret: Redacted.Redacted
}

/** How to reach one tenant with the Digital Engagement API. */
export class DigitalSettings extends Context.Service<
  DigitalSettings,
  Omit<TransportOptions, "attemptTimeout" | "operations"> &
    DigitalClient & {
      /** The client and access key where they change while the router runs, instead of the members: these name the first ones. */
      readonly client?: SubscriptionRef.SubscriptionRef<DigitalClient>
      /** The start of the token endpoint's URL, no slash at the end. */
      readonly issuer: string
      /** The start of the API's URLs without `/dfo/3.0`; without it, discovered at the issuer with the first token. */
      readonly baseUrl?: string
      /** The tenant's id, for the discovery; without it, that of the token. */
      readonly tenantId?: string
      /** The channel of messages. Only `find` can do without it. */
      readonly channelId?: string
      /** The contact of a request without `contactId`: `open` sends a message, `find` takes the user's newest active contact. */
      readonly contact: "open" | "find"
      /** The custom field that gets the intent. */
      readonly intentField: string
      /** The version of the ACD's API, such as `v30.0`. */
      readonly acdVersion: string
      /** For one attempt of one call, its answer's body included. */
      readonly attemptTimeout: Duration.Duration
      /** How the credentials are named where they were set, for errors. */
      readonly credentialsFrom?: string
    }
>()("cognigy-cxone-router/cxone/DigitalSettings") {}
