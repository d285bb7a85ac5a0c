/** The imports of the repository as its sources state them. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '../..');

export interface Import {
  /** Path from the root: `api/main.ts`. */
  from: string;
  /** A path from the root for a file of ours, else the name of a package: `zod`, `node:path`, `@temporalio/client`. */
  to: string;
  ours: boolean;
  /** Erased by the compiler: nothing of `to` is loaded. */
  typeOnly: boolean;
}

/** Paths from the root of all sources in a folder. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** Static imports, exports from another module, and `import()` of a fixed name. */
export function importsOf(from: string): Import[] {
  const source = ts.createSourceFile(from, readFileSync(join(root, from), 'utf8'), ts.ScriptTarget.ES2023);
  const found: Import[] = [];
  const note = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    found.push({ from, ...targetOf(from, specifier.text), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) note(node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) note(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** With `verbatimModuleSyntax`, `import { type A }` still loads the module. */
const onlyTypes = (clause: ts.ImportClause | undefined): boolean => clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;

function targetOf(from: string, specifier: string): Pick<Import, 'to' | 'ours'> {
  if (specifier.startsWith('.')) {
    return { ours: true, to: relative(root, resolve(root, dirname(from), specifier)).replace(/\.js$/, '.ts') };
  }
  return { ours: false, to: specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
