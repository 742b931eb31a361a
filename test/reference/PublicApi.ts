/** What the package's entry points export, as the compiler sees it: names, doc comments, types, members. */
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import {
  isArrowFunction,
  isClassDeclaration,
  isInterfaceDeclaration,
  isPropertyDeclaration,
  isTypeAliasDeclaration,
  isTypeReferenceNode,
  isVariableDeclaration,
  type Node
} from "typescript/unstable/ast"
import {
  API,
  NodeBuilderFlags,
  type Project,
  SymbolFlags,
  type Symbol as TsSymbol,
  type Type
} from "typescript/unstable/sync"

/** Something that people can use, by its name. */
export interface Documented {
  readonly name: string
  /** Its doc comment; empty where there is none. */
  readonly doc: string
  /** Its type, or how it is declared. */
  readonly type: string
  /** Where it is declared: the file, from the project's folder on. */
  readonly file: string
  /** It gives a layer, and does not say which one where it is declared. */
  readonly isUnannotatedLayer: boolean
}

/** A member of an export: of a class itself, of the service that a class stands for, or of an instance. */
export interface Member extends Documented {
  readonly kind: "static" | "service" | "member"
}

/** One export. Those of a namespace have its name and a dot before theirs. */
export interface Export extends Documented {
  readonly kind: "class" | "interface" | "type" | "value"
  readonly members: ReadonlyArray<Member>
  /** The types of this project that its declaration names and that are exported nowhere. */
  readonly unexported: ReadonlyArray<string>
}

/** An entry point. */
export interface EntryPoint {
  /** From the project's folder on. */
  readonly file: string
  readonly exports: ReadonlyArray<Export>
}

/** A project whose entry points are looked at. */
export interface ProjectFiles {
  /** The URL of its configuration, in the folder of its files. */
  readonly config: URL
  /** From that folder on. */
  readonly entryPoints: ReadonlyArray<string>
}

/** This package. */
export const thisPackage: ProjectFiles = {
  config: new URL("../../src/tsconfig.json", import.meta.url),
  entryPoints: ["index.ts", "cxone/index.ts", "testing.ts"]
}

/** Asks the compiler for all entry points. */
export const readEntryPoints = ({ config, entryPoints }: ProjectFiles): Effect.Effect<ReadonlyArray<EntryPoint>> =>
  Effect.acquireUseRelease(
    Effect.sync(() => new API()),
    (api) =>
      Effect.sync(() => {
        const [project] = api.updateSnapshot({ openProjects: [fileURLToPath(config)] }).getProjects()
        if (project === undefined) throw new Error(`there is no project at ${config}`)
        return read(project, fileURLToPath(new URL(".", config)), entryPoints)
      }),
    (api) => Effect.sync(() => api.close())
  )

const FLAGS = NodeBuilderFlags.NoTruncation | NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope

const read = ({ checker, program }: Project, folder: string, files: ReadonlyArray<string>): Array<EntryPoint> => {
  const nodesOf = (symbol: TsSymbol): ReadonlyArray<Node> =>
    symbol.declarations.flatMap((declaration) =>
      declaration.path.startsWith(folder) ? (declaration.resolve() ?? []) : []
    )
  const resolved = (symbol: TsSymbol) =>
    (symbol.flags & SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
  const typeOf = (symbol: TsSymbol, node: Node | undefined) => {
    const type = checker.getTypeOfSymbol(symbol)
    return type === undefined ? "" : checker.typeToString(type, node, FLAGS)
  }

  const describe = (symbol: TsSymbol, name: string, type: string): Documented => {
    const [node] = nodesOf(symbol)
    return {
      name,
      doc: checker.getDocumentationCommentOfSymbol(symbol).trim(),
      type,
      file: node?.getSourceFile().fileName.slice(folder.length) ?? "",
      isUnannotatedLayer: /(?:^|=> )(?:Layer\.)?Layer</.test(type) && node !== undefined && !isAnnotated(node)
    }
  }

  const membersOf = (type: Type | undefined, kind: Member["kind"]): ReadonlyArray<Member> =>
    type === undefined
      ? []
      : checker.getPropertiesOfType(type).flatMap((member) => {
          const [node] = nodesOf(member)
          // What comes from elsewhere is described there, and a message is any error's; names that begin with ~ are Effect's.
          if (node === undefined || member.name === "message" || member.name.startsWith("~")) return []
          return [{ ...describe(member, member.name, typeOf(member, node)), kind }]
        })

  const serviceOf = (instance: Type) => {
    const service = checker.getPropertyOfType(instance, "Service")
    return service === undefined ? undefined : checker.getTypeOfSymbol(service)
  }

  /** The names of the project's own types that a declaration names. */
  const mentionedIn = (node: Node): ReadonlyArray<TsSymbol> => {
    const found: Array<TsSymbol> = []
    const visit = (node: Node): void => {
      if (isTypeReferenceNode(node)) {
        const symbol = checker.getSymbolAtLocation(node.typeName)
        if (symbol !== undefined) found.push(resolved(symbol))
      }
      node.forEachChild(visit)
    }
    for (const part of signatureOf(node)) visit(part)
    return found.filter((symbol) => (symbol.flags & SymbolFlags.TypeParameter) === 0 && nodesOf(symbol).length > 0)
  }

  const exportsOf = (module: TsSymbol): ReadonlyArray<{ readonly name: string; readonly symbol: TsSymbol }> =>
    checker.getExportsOfModule(module).flatMap((exported) => {
      const { name } = exported
      const symbol = resolved(exported)
      return (symbol.flags & SymbolFlags.ValueModule) === 0
        ? [{ name, symbol }]
        : exportsOf(symbol).map((inner) => ({ ...inner, name: `${name}.${inner.name}` }))
    })

  const modules = files.map((file) => {
    const source = program.getSourceFile(folder + file)
    const module = source && checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`there is no module ${file}`)
    return { file, exports: exportsOf(module) }
  })
  const known = new Set(modules.flatMap(({ exports }) => exports.map(({ symbol }) => symbol.id)))

  const toExport = (name: string, symbol: TsSymbol): Export => {
    const nodes = nodesOf(symbol)
    const [node] = nodes
    const isClass = nodes.some(isClassDeclaration)
    const isInterface = nodes.some(isInterfaceDeclaration)
    const instance = isClass || isInterface ? checker.getDeclaredTypeOfSymbol(symbol) : undefined
    const declared = nodes.find(isTypeAliasDeclaration)
    const type =
      declared !== undefined
        ? checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), node, FLAGS | NodeBuilderFlags.InTypeAlias)
        : isClass || isInterface
          ? ""
          : typeOf(symbol, node)
    return {
      ...describe(symbol, name, type),
      kind: isClass ? "class" : isInterface ? "interface" : declared !== undefined ? "type" : "value",
      members:
        instance === undefined
          ? []
          : [
              ...(isClass ? membersOf(checker.getTypeOfSymbol(symbol), "static") : []),
              ...membersOf(serviceOf(instance), "service"),
              ...membersOf(instance, "member")
            ],
      unexported: [
        ...new Set(
          nodes
            .flatMap(mentionedIn)
            .filter(({ id }) => !known.has(id))
            .map(({ name }) => name)
        )
      ]
    }
  }

  return modules.map(({ exports, file }) => ({
    file,
    exports: exports.map(({ name, symbol }) => toExport(name, symbol))
  }))
}

/** The parts of a declaration that people see: no bodies. */
const signatureOf = (node: Node): ReadonlyArray<Node> => {
  if (isInterfaceDeclaration(node) || isTypeAliasDeclaration(node)) return [node]
  if (isClassDeclaration(node)) return [...(node.heritageClauses ?? []), ...node.members.flatMap(signatureOf)]
  if (isArrowFunction(node)) {
    return [...(node.typeParameters ?? []), ...node.parameters, ...(node.type === undefined ? [] : [node.type])]
  }
  if (isVariableDeclaration(node) || isPropertyDeclaration(node)) {
    if (node.type !== undefined) return [node.type]
    return node.initializer === undefined ? [] : signatureOf(node.initializer)
  }
  return "type" in node && node.type !== undefined ? [node.type as Node] : []
}

/** Whether a declaration says itself which type it has, or what it gives back. */
const isAnnotated = (node: Node): boolean => {
  if ("type" in node && node.type !== undefined) return true
  const initializer = "initializer" in node ? (node.initializer as Node | undefined) : undefined
  return initializer !== undefined && isAnnotated(initializer)
}
