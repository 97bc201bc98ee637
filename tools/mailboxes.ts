/**
 * Reads the mailboxes of all processes out of their types: for each kind of message, what its doc comment says and what it carries. The
 * TypeScript compiler does the reading, so the table (src/process/mailboxes.ts) says what the types say; a test fails when it is stale.
 */
import { join } from 'node:path';
import ts from 'typescript';
import type { MessageDoc } from '../src/kernel/topology.js';

export type Mailboxes = Readonly<Record<string, readonly MessageDoc[]>>;

/** `root`: the top of the repository. */
export function readMailboxes(root: string): Mailboxes {
  const index = join(root, 'src/process/index.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [index] }, ts.sys, root);
  const program = ts.createProgram([index], { ...options, noEmit: true, incremental: false });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
  const processes = checker.getExportsOfModule(module).flatMap((symbol): [string, readonly MessageDoc[]][] => {
    const type = checker.getTypeOfSymbol(symbol);
    if (type.symbol?.name !== 'Process') return [];
    const [declaration, , , message] = checker.getTypeArguments(type as ts.TypeReference);
    return [[literal(checker, declaration!, 'name')[0]!, messagesOf(checker, message!)]];
  });
  return Object.fromEntries(processes);
}

function messagesOf(checker: ts.TypeChecker, message: ts.Type): MessageDoc[] {
  const members = message.isUnion() ? message.types : [message];
  return members.toSorted((a, b) => order(a) - order(b)).flatMap((member) => {
    const carries = member.getProperties().map((p) => p.name).filter((name) => name !== 'type');
    return literal(checker, member, 'type').map((kind): MessageDoc => ({ kind, doc: docOf(member), carries }));
  });
}

/** The string literals that a property of a type allows. */
function literal(checker: ts.TypeChecker, of: ts.Type, property: string): string[] {
  const type = checker.getTypeOfSymbol(of.getProperty(property)!);
  return (type.isUnion() ? type.types : [type]).map((t) => (t as ts.StringLiteralType).value);
}

/** Where it is written; of `A & B` the whole. */
function nodeOf(type: ts.Type): ts.Node {
  const symbol = (type.isIntersection() ? type.types[0]! : type).symbol;
  let node: ts.Node = symbol.declarations![0]!;
  while (ts.isIntersectionTypeNode(node.parent) || ts.isParenthesizedTypeNode(node.parent)) node = node.parent;
  return node;
}
const order = (type: ts.Type): number => nodeOf(type).pos;

/** The comment before it, as a member of a union or as a declaration of its own. */
function docOf(type: ts.Type): string {
  const node = nodeOf(type);
  const from = ts.isUnionTypeNode(node.parent) ? endOfPrevious(node.parent, node) : (ts.isTypeLiteralNode(node) ? node.parent : node).pos;
  const before = node.getSourceFile().text.slice(from, node.getStart());
  const [, comment = ''] = [...before.matchAll(/\/\*\*([\s\S]*?)\*\//g)].at(-1) ?? [];
  return comment.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
}

const endOfPrevious = (union: ts.UnionTypeNode, member: ts.Node): number =>
  union.types.findLast((t) => t.end <= member.pos)?.end ?? union.pos;

/** The table as a module. */
export function writeMailboxes(mailboxes: Mailboxes): string {
  const lines = Object.entries(mailboxes).flatMap(([process, messages]) => [
    `  ${process}: [`,
    ...messages.map(({ kind, doc, carries }) =>
      `    { kind: ${quote(kind)}, carries: [${carries.map(quote).join(', ')}], doc: ${quote(doc)} },`),
    '  ],',
  ]);
  return [
    '/** What every mailbox takes, from the types of its messages. Written by `npm run diagrams`: change the types, not this. */',
    "import type { MessageDoc } from '../kernel/topology.js';",
    '',
    'export const MAILBOXES: Readonly<Record<string, readonly MessageDoc[]>> = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
