/** A path as the routes are looked up: a host before it, what follows a semicolon, its case, slashes and escapes do not count. */
export const plainPath = (path: string) => {
  const [own = ""] = path.replace(/^https?:\/\/[^/]*/i, "").split(";", 1)
  const parts = own
    .toLowerCase()
    .split("/")
    .filter((part) => part !== "")
  try {
    return `/${parts.map(decodeURIComponent).join("/")}`
  } catch {
    return path
  }
}
