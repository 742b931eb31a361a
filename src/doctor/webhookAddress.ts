/** The URL under which `doctor` looks for the webhook. */
import { WEBHOOK_PATH } from "../cognigy/Api.ts"

/** The address of a router. */
export interface WebhookAddress {
  /** The address and port that the router listens on; they count if there is no `url`. */
  readonly host: string
  readonly port: number
  /** The router's public URL, with or without the webhook's path. */
  readonly url: string | undefined
}

/** Addresses that listen on all interfaces, and how this machine reaches them. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" }

/** The webhook's URL; `undefined` if the start is not a URL, or has more than a host and a path. */
export const webhookUrl = (address: WebhookAddress): string | undefined => {
  const url = URL.parse(startOf(address))
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return undefined
  const path = url.pathname.replace(/\/+$/, "")
  return url.origin + (path.endsWith(WEBHOOK_PATH) ? path : path + WEBHOOK_PATH)
}

const startOf = ({ host, port, url }: WebhookAddress) => {
  if (url !== undefined) return url
  const address = LOOPBACK[host] ?? host
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`
}
