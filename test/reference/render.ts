/** The reference as Markdown: a page for each entry point, and one that lists them. */
import type { Documented, EntryPoint, Export, Member } from "./PublicApi.ts"

/** A page, by its name. */
export interface Page {
  readonly name: string
  readonly text: string
}

/** Types of more characters than this are left out unless they have lines: schemas and layers of Effect's spell out all that they are made of. */
const LONGEST_TYPE = 600

/** How members are introduced, in this order. */
const KINDS: ReadonlyArray<readonly [Member["kind"], string]> = [
  ["static", "Of the class"],
  ["service", "The service"],
  ["member", "Members"]
]

const code = (text: string) => `\`\`\`ts\n${text}\n\`\`\``

const isTooLong = (type: string) => type.length > LONGEST_TYPE && !type.includes("\n")

const declaration = ({ isSchema, kind, name, type, typeParameters }: Export): ReadonlyArray<string> => {
  const own = name.slice(name.lastIndexOf(".") + 1)
  const lines = [
    ...(kind === "type" ? [`type ${own}${typeParameters} =${type.startsWith("\n") ? "" : " "}${type}`] : []),
    ...((kind === "class" || kind === "interface") && typeParameters !== "" ? [`${kind} ${own}${typeParameters}`] : []),
    ...(isSchema ? [`const ${own}: Schema.Schema<${kind === "value" ? type : own}>`] : []),
    ...(kind === "value" && !isSchema && type !== "" ? [`const ${own}: ${type}`] : [])
  ].filter((line) => !isTooLong(line))
  return lines.length === 0 ? [] : [code(lines.join("\n"))]
}

const indented = (text: string) => text.replace(/^(?=.)/gm, "  ")

const memberLines = ({ doc, isOptional, name, type }: Documented): string => {
  const own = `${name}${isOptional ? "?" : ""}`
  const lines = type.includes("\n")
    ? [`- \`${own}\``, indented(code(type))]
    : [isTooLong(type) ? `- \`${own}\`` : `- \`${own}: ${type}\``]
  return [...lines, indented(doc)].join("\n\n")
}

const section = (one: Export): string =>
  [
    `### ${one.name}`,
    ...declaration(one),
    one.doc,
    ...KINDS.flatMap(([kind, title]) => {
      const members = one.members.filter((member) => member.kind === kind)
      return members.length === 0 ? [] : [`**${title}**`, ...members.map(memberLines)]
    })
  ].join("\n\n")

/** An export's first sentence. */
const summary = ({ doc }: Export): string => (/^.*?\.(?=\s|$)/s.exec(doc)?.[0] ?? doc).replace(/\s+/g, " ")

/** The anchors of a page's headings as GitHub makes them: one that was there before gets a number. */
const anchorsOf = (text: string): ReadonlyMap<string, string> => {
  const taken = new Map<string, number>()
  const headings = [...text.replace(/^ *```.*?^ *```$/gms, "").matchAll(/^#+ (?<title>.+)$/gm)]
  return new Map(
    headings.map(({ groups }) => {
      const title = groups?.title ?? ""
      const slug = title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-")
      const times = taken.get(slug) ?? 0
      taken.set(slug, times + 1)
      return [title, times === 0 ? slug : `${slug}-${times}`]
    })
  )
}

const table = (page: string, text: string, exports: ReadonlyArray<Export>): string => {
  const anchors = anchorsOf(text)
  return [
    "| export | |",
    "| --- | --- |",
    ...exports.map(
      (one) => `| [\`${one.name}\`](${page}#${anchors.get(one.name)}) | ${summary(one).replaceAll("|", "\\|")} |`
    )
  ].join("\n")
}

const byFile = (exports: ReadonlyArray<Export>) => Map.groupBy(exports, ({ file }) => file)

/** The pages for entry points by the names that they are imported by, in the order in which each export is described once. */
export const render = (entryPoints: ReadonlyArray<readonly [name: string, EntryPoint]>): ReadonlyArray<Page> => {
  const described = new Set<string>()
  const pages = entryPoints.map(([name, { exports }]) => {
    const own = exports.filter((one) => !described.has(`${one.file} ${one.name}`))
    for (const one of own) described.add(`${one.file} ${one.name}`)
    const files = [...byFile(own)].map(([file, exports]) => [`## ${file}`, ...exports.map(section)].join("\n\n"))
    return {
      name: `${name.replaceAll("/", "-")}.md`,
      title: name,
      own,
      text: `${[`# ${name}`, ...files].join("\n\n")}\n`
    }
  })
  const index = [
    "# Reference",
    ...pages.flatMap(({ name, own, text, title }) => [`## [${title}](${name})`, table(name, text, own)])
  ].join("\n\n")
  return [{ name: "README.md", text: `${index}\n` }, ...pages.map(({ name, text }) => ({ name, text }))]
}
