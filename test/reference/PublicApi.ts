/** What the package's entry points export, as the compiler sees it: names, doc comments, types, members. */
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import {
  isArrowFunction,
  isClassDeclaration,
  isGetAccessorDeclaration,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isMethodSignatureDeclaration,
  isPropertyDeclaration,
  isPropertySignatureDeclaration,
  isTypeAliasDeclaration,
  isTypeLiteralNode,
  isTypeQueryNode,
  isTypeReferenceNode,
  isVariableDeclaration,
  type Node
} from "typescript/unstable/ast"
import {
  API,
  type Project,
  SignatureKind,
  SymbolFlags,
  type Symbol as TsSymbol,
  type Type,
  TypeFlags
} from "typescript/unstable/sync"
import { type Named, typeParametersText, typeTexts } from "./TypeText.ts"

/** Something that people can use, by its name. */
export interface Documented {
  readonly name: string
  /** Its doc comment; empty where there is none. */
  readonly doc: string
  /** Its type, or how it is declared. */
  readonly type: string
  /** Where it is declared: the file, from the project's folder on. */
  readonly file: string
  /** It may be left out. */
  readonly isOptional: boolean
  /** It gives a layer, and does not say which one where it is declared. */
  readonly isUnannotatedLayer: boolean
  /** The names of the errors of the effect or layer that it is or gives; those that it takes over from others aside. */
  readonly failsWith: ReadonlyArray<string>
  /** What kind of quantity it is, if it is one. */
  readonly quantity: "number" | "duration" | undefined
  /** It is a value that does not change, and consists of quantities. */
  readonly isConstant: boolean
}

/** A member of an export: of a class itself, of the service that a class stands for, or of an instance. */
export interface Member extends Documented {
  readonly kind: "static" | "service" | "member"
}

/** One export. Those of a namespace have its name and a dot before theirs. */
export interface Export extends Documented {
  readonly kind: "class" | "interface" | "type" | "value"
  /** Of a class, an interface or a type: `<A, E>`. */
  readonly typeParameters: string
  /** It is a schema, of what its type says. */
  readonly isSchema: boolean
  readonly members: ReadonlyArray<Member>
  /** The members of the objects without a name in its declaration, such as options; each with the names of those that it is in. */
  readonly inner: ReadonlyArray<Documented>
  /** The types of this project, and values by `typeof`, that its declaration names and that are exported nowhere. */
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
  entryPoints: ["index.ts", "cxone.ts", "testing.ts"]
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

const read = ({ checker, program }: Project, folder: string, files: ReadonlyArray<string>): Array<EntryPoint> => {
  const nodesOf = (symbol: TsSymbol): ReadonlyArray<Node> =>
    symbol.declarations.flatMap((declaration) =>
      declaration.path.startsWith(folder) ? (declaration.resolve() ?? []) : []
    )
  const resolved = (symbol: TsSymbol) =>
    (symbol.flags & SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
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
  const all = modules.flatMap(({ exports }) => exports)
  const known = new Set(all.map(({ symbol }) => symbol.id))

  const typeOfMember = (type: Type | undefined, name: string): Type | undefined => {
    const member = type && checker.getPropertyOfType(type, name)
    return member && checker.getTypeOfSymbol(member)
  }

  /** What a schema is of; nothing where a value is none. */
  const schemaTypeOf = (symbol: TsSymbol): Type | undefined => {
    if ((symbol.flags & SymbolFlags.Variable) === 0) return undefined
    const type = checker.getTypeOfSymbol(symbol)
    return typeOfMember(type, "Encoded") && typeOfMember(type, "Type")
  }

  const named = all.flatMap(({ name, symbol }): ReadonlyArray<Named> => {
    if ((symbol.flags & SymbolFlags.TypeAlias) !== 0) return [{ name, type: checker.getDeclaredTypeOfSymbol(symbol) }]
    const type = schemaTypeOf(symbol)
    return type === undefined || (symbol.flags & SymbolFlags.Interface) !== 0
      ? []
      : [{ name: `typeof ${name}.Type`, type }]
  })
  const texts = typeTexts(checker, nodesOf, named)

  /** What comes of it when it is called, as often as it can be. */
  const resultOf = (type: Type): Type => {
    const result = checker.getSignaturesOfType(type, SignatureKind.Call).at(-1)
    const given = result && checker.getReturnTypeOfSignature(result)
    return given === undefined ? type : resultOf(given)
  }

  /** The parameters of an effect or a layer. */
  const partsOf = (type: Type): ReadonlyArray<Type> =>
    ["Effect", "Layer"].includes(type.getSymbol()?.name ?? "") && type.isTypeReference()
      ? checker.getTypeArguments(type)
      : []

  const failuresOf = (type: Type): ReadonlyArray<string> => {
    const [, failure] = partsOf(resultOf(type))
    if (failure === undefined) return []
    return (failure.isUnionType() ? failure.getTypes() : [failure])
      .filter(({ flags }) => (flags & (TypeFlags.Never | TypeFlags.TypeParameter)) === 0)
      .map((part) => part.getSymbol()?.name ?? texts.plain(part, undefined))
  }

  const quantityOf = (type: Type): Documented["quantity"] => {
    const parts = texts.withoutMissing(type)
    if (parts.length > 0 && parts.every(({ flags }) => (flags & TypeFlags.NumberLike) !== 0)) return "number"
    if (/^(?:Duration\.)?(?:Duration|Input)(?: \| undefined)?$/.test(texts.plain(type, undefined))) return "duration"
    const [success] = type.getSymbol()?.name === "Effect" ? partsOf(type) : []
    return success === undefined ? undefined : quantityOf(success)
  }

  const isConstant = (symbol: TsSymbol, type: Type): boolean => {
    if ((symbol.flags & SymbolFlags.Variable) === 0) return false
    if (quantityOf(type) !== undefined) return partsOf(type).length === 0
    const members = checker.getPropertiesOfType(type)
    return (
      members.length > 0 &&
      members.every((member) => {
        const type = nodesOf(member).length === 0 ? undefined : checker.getTypeOfSymbol(member)
        return type !== undefined && quantityOf(type) !== undefined
      })
    )
  }

  const describe = (symbol: TsSymbol, name: string, text: string): Documented => {
    const [node] = nodesOf(symbol)
    const isType = (symbol.flags & SymbolFlags.Value) === 0
    const type = isType ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbol(symbol)
    return {
      name,
      doc: texts.docOf(symbol),
      type: text,
      file: node?.getSourceFile().fileName.slice(folder.length) ?? "",
      isOptional: texts.isOptional(symbol),
      isUnannotatedLayer: /(?:^|=> )(?:Layer\.)?Layer</.test(text) && node !== undefined && !isAnnotated(node),
      failsWith: type === undefined ? [] : failuresOf(type),
      quantity: type === undefined ? undefined : quantityOf(type),
      isConstant: type !== undefined && !isType && isConstant(symbol, type)
    }
  }

  const membersOf = (type: Type | undefined, kind: Member["kind"]): ReadonlyArray<Member> =>
    type === undefined
      ? []
      : checker.getPropertiesOfType(type).flatMap((member) => {
          const [node] = nodesOf(member)
          // What comes from elsewhere is described there, and a message is any error's; names that begin with ~ are Effect's.
          if (node === undefined || member.name === "message" || member.name.startsWith("~")) return []
          return [{ ...describe(member, member.name, texts.ofSymbol(member, node)), kind }]
        })

  /** The names of the project's own types that a declaration names. */
  const mentionedIn = (node: Node): ReadonlyArray<TsSymbol> => {
    const found: Array<TsSymbol> = []
    const visit = (node: Node): void => {
      const name = isTypeReferenceNode(node) ? node.typeName : isTypeQueryNode(node) ? node.exprName : undefined
      const symbol = name && checker.getSymbolAtLocation(name)
      // What a type's own name stands for can be named by it.
      if (symbol && !(isTypeQueryNode(node) && isAlias)) found.push(resolved(symbol))
      node.forEachChild(visit)
    }
    const isAlias = isTypeAliasDeclaration(node)
    for (const part of signatureOf(node)) visit(part)
    return found.filter((symbol) => (symbol.flags & NOT_EXPORTED) === 0 && nodesOf(symbol).length > 0)
  }

  const isTag = (symbol: TsSymbol): boolean =>
    symbol.name === "_tag" || checker.getTypeOfSymbol(symbol)?.isStringLiteralType() === true

  /** The members of the objects that a declaration spells out, by the names on the way to them. */
  const innerOf = (root: Node): ReadonlyArray<Documented> => {
    const found: Array<Documented> = []
    const visit = (node: Node, path: ReadonlyArray<string>): void => {
      if (!isPropertySignatureDeclaration(node) && !isMethodSignatureDeclaration(node)) {
        node.forEachChild((child) => visit(child, path))
        return
      }
      const inner = [...path, node.name.getText()]
      const symbol = isTypeLiteralNode(node.parent) ? checker.getSymbolAtLocation(node.name) : undefined
      // A service's own are its members, and a tag says what its type says.
      const isMember = inner.length === 1 && isClassDeclaration(root)
      if (symbol !== undefined && !isMember && !isTag(symbol)) {
        found.push(describe(symbol, inner.join("."), texts.ofSymbol(symbol, node)))
      }
      node.forEachChild((child) => visit(child, inner))
    }
    const parts = isClassDeclaration(root)
      ? [
          ...(root.heritageClauses ?? []).map((part) => ({ part, path: [] })),
          ...root.members.flatMap((member) => signatureOf(member).map((part) => ({ part, path: nameOf(member) })))
        ]
      : signatureOf(root).map((part) => ({ part, path: [] }))
    for (const { part, path } of parts) visit(part, path)
    return found
  }

  const toExport = (name: string, symbol: TsSymbol): Export => {
    const nodes = nodesOf(symbol)
    const [node] = nodes
    const isClass = nodes.some(isClassDeclaration)
    const isInterface = nodes.some(isInterfaceDeclaration)
    const instance = isClass || isInterface ? checker.getDeclaredTypeOfSymbol(symbol) : undefined
    const declared = nodes.find(isTypeAliasDeclaration)
    const schemaType = schemaTypeOf(symbol)
    const type =
      declared !== undefined
        ? texts.ofAlias(checker.getDeclaredTypeOfSymbol(symbol), declared)
        : isClass || isInterface
          ? ""
          : schemaType !== undefined
            ? texts.expanded(schemaType, node)
            : texts.ofSymbol(symbol, node)
    return {
      ...describe(symbol, name, type),
      kind: isClass ? "class" : isInterface ? "interface" : declared !== undefined ? "type" : "value",
      typeParameters: nodes.map(typeParametersOf).find((text) => text !== "") ?? "",
      isSchema: schemaType !== undefined,
      members:
        instance === undefined
          ? []
          : [
              ...(isClass ? membersOf(checker.getTypeOfSymbol(symbol), "static") : []),
              ...membersOf(typeOfMember(instance, "Service"), "service"),
              ...membersOf(instance, "member")
            ],
      inner: nodes.flatMap(innerOf),
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

/** Symbols of which it does not matter that they are not exported: a declaration brings them along. */
const NOT_EXPORTED = SymbolFlags.TypeParameter | SymbolFlags.FunctionScopedVariable

const typeParametersOf = (node: Node): string =>
  isClassDeclaration(node) || isInterfaceDeclaration(node) || isTypeAliasDeclaration(node)
    ? typeParametersText(node.typeParameters)
    : ""

const nameOf = (node: Node): ReadonlyArray<string> =>
  isPropertyDeclaration(node) || isMethodDeclaration(node) || isGetAccessorDeclaration(node)
    ? [node.name.getText()]
    : []

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
