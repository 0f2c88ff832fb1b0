/** Finds the regular expressions and the texts in sources, as the compiler reads them. */
import { join, relative } from 'node:path';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

const root = join(import.meta.dirname, '../..');

/** Where it is first written, and the expression. */
export type Written = { file: string; expression: RegExp };

/** Every literal below a folder of the project, each once. */
export function expressionsIn(folder: string): Written[] {
  const found = literalsBelow(folder, [SyntaxKind.RegularExpressionLiteral]);
  return [...new Map(found.toReversed())].map(([literal, file]) => ({ file, expression: expressionOf(literal) }));
}

/** Every text below a folder, also between the expressions of a template. */
export const textsIn = (folder: string): { file: string; text: string }[] =>
  literalsBelow(folder, [
    SyntaxKind.StringLiteral,
    SyntaxKind.NoSubstitutionTemplateLiteral,
    SyntaxKind.TemplateHead,
    SyntaxKind.TemplateMiddle,
    SyntaxKind.TemplateTail,
  ]).map(([text, file]) => ({ file, text }));

function literalsBelow(folder: string, kinds: readonly SyntaxKind[]): (readonly [literal: string, file: string])[] {
  const compiler = new API({ cwd: root });
  try {
    const config = join(root, 'tsconfig.json');
    const program = compiler.updateSnapshot({ openProjects: [config] }).getProject(config)?.program;
    const files = (program?.getSourceFileNames() ?? []).filter((name) => name.startsWith(join(root, folder, '/')));
    return files.flatMap((name) =>
      literalsIn(program?.getSourceFile(name), kinds).map((literal) => [literal, relative(root, name)] as const),
    );
  } finally {
    compiler.close();
  }
}

function literalsIn(node: Node | undefined, kinds: readonly SyntaxKind[]): string[] {
  const found: string[] = [];
  const visit = (each: Node): void => {
    if (kinds.includes(each.kind)) found.push(each.getText());
    each.forEachChild(visit);
  };
  if (node) visit(node);
  return found;
}

function expressionOf(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}
