/** The plain part of JSONata, computed in place: paths, numbers, texts, unary minus, + - * / and a comparison by =. */

/** Stands for what only JSONata itself treats rightly: a list, an error, a number out of range. */
export const unusual = Symbol('unusual');

/** What the expression gives for this root, just as JSONata would, or `unusual`. */
export type Plain = (root: unknown) => unknown;

/** JSONata bounds how deep an expression is nested; one of so few parts never is. */
const mostTokens = 64;

/**
 * @returns undefined for every other expression, also for one that is not valid.
 *
 * @example
 * plainExpression('em.import - em.export')?.({ em: { import: 100, export: 900 } }); // -800
 */
export function plainExpression(text: string): Plain | undefined {
  const tokens = tokensOf(text);
  if (!tokens || tokens.length > mostTokens) return undefined;
  const parser: Parser = { tokens, position: 0 };
  try {
    const plain = comparison(parser);
    return parser.position === tokens.length ? plain : undefined;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class NotPlain extends Error {}

type Token = { type: 'number' | 'text' | 'word' | 'quoted' | 'sign'; text: string };
type Parser = { tokens: readonly Token[]; position: number };

const tokenPattern = new RegExp(
  [
    '(?<number>(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)',
    '(?<word>[A-Za-z_][A-Za-z0-9_]*)',
    '`(?<quoted>[^`]+)`',
    '(?<text>"[^"\\\\]*"|\'[^\'\\\\]*\')',
    '(?<sign>[-+*/=.()[\\]])',
  ].join('|'),
  'y',
);
const blank = /[ \t\n\r]*/y;

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let position = skipped(text, 0); position < text.length; position = skipped(text, tokenPattern.lastIndex)) {
    tokenPattern.lastIndex = position;
    const groups = tokenPattern.exec(text)?.groups;
    if (!groups) return undefined;
    for (const [type, part] of Object.entries(groups))
      if (part !== undefined) tokens.push({ type: type as Token['type'], text: part });
  }
  return tokens;
}

/** Where the next token begins. */
function skipped(text: string, position: number): number {
  blank.lastIndex = position;
  blank.test(text);
  return blank.lastIndex;
}

/** Takes the next token if it is one of these signs. */
function sign(parser: Parser, signs: string): string | undefined {
  const next = parser.tokens[parser.position];
  if (next?.type !== 'sign' || !signs.includes(next.text)) return undefined;
  parser.position += 1;
  return next.text;
}

function comparison(parser: Parser): Plain {
  const left = sum(parser);
  if (!sign(parser, '=')) return left;
  const right = sum(parser);
  return (root) => areEqual(left(root), right(root));
}

const sum = (parser: Parser): Plain => chain(parser, '+-', product);
const product = (parser: Parser): Plain => chain(parser, '*/', operand);

function chain(parser: Parser, signs: string, part: (parser: Parser) => Plain): Plain {
  let left = part(parser);
  for (let operator = sign(parser, signs); operator; operator = sign(parser, signs))
    left = calculation(operator, left, part(parser));
  return left;
}

function operand(parser: Parser): Plain {
  if (sign(parser, '-')) {
    const inner = operand(parser);
    return (root) => negative(inner(root));
  }
  if (sign(parser, '(')) {
    const inner = comparison(parser);
    if (!sign(parser, ')')) throw new NotPlain();
    return inner;
  }
  const next = parser.tokens[parser.position];
  if (next?.type === 'number' || next?.type === 'text' || (next?.type === 'word' && constants.has(next.text))) {
    parser.position += 1;
    const value = next.type === 'number' ? finite(Number(next.text)) : constantOf(next);
    return () => value;
  }
  return path(parser);
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new NotPlain();
  return value;
}

const constants = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const constantOf = ({ type, text }: Token): unknown => (type === 'text' ? text.slice(1, -1) : constants.get(text));

/** Words with a meaning of their own. */
const reserved = new Set(['and', 'or', 'in', 'function', ...constants.keys()]);

/** A name, or a place in a list (from its end where negative). */
type Step = string | number;

function path(parser: Parser): Plain {
  const steps: Step[] = [];
  do steps.push(name(parser), ...indexes(parser));
  while (sign(parser, '.'));
  return (root) => follow(root, steps);
}

function name(parser: Parser): string {
  const next = parser.tokens[parser.position];
  const isName = next?.type === 'quoted' || (next?.type === 'word' && !reserved.has(next.text));
  if (!isName) throw new NotPlain();
  parser.position += 1;
  return next.text;
}

/** At most one: a second would be taken from the first one's result. */
function indexes(parser: Parser): number[] {
  if (!sign(parser, '[')) return [];
  const isFromEnd = sign(parser, '-') !== undefined;
  const next = parser.tokens[parser.position];
  if (next?.type !== 'number' || !/^\d+$/.test(next.text)) throw new NotPlain();
  parser.position += 1;
  if (!sign(parser, ']')) throw new NotPlain();
  return [isFromEnd ? -Number(next.text) : Number(next.text)];
}

function follow(root: unknown, steps: readonly Step[]): unknown {
  let value = root;
  for (const step of steps) {
    if (value === undefined) return undefined;
    if (typeof step === 'number') value = elementOf(value, step);
    else if (Array.isArray(value)) return unusual;
    else value = memberOf(value, step);
  }
  return Array.isArray(value) ? unusual : value;
}

/** What is no list is a list of one. */
function elementOf(value: unknown, place: number): unknown {
  const list = Array.isArray(value) ? value : [value];
  return list[place < 0 ? list.length + place : place];
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function negative(value: unknown): unknown {
  if (value === undefined) return undefined;
  return isNumber(value) ? -value : unusual;
}

const calculations: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

/** Nothing, where one side is nothing and the other nothing or a number. */
function calculation(operator: string, left: Plain, right: Plain): Plain {
  const calculate = calculations[operator];
  if (!calculate) throw new NotPlain();
  return (root) => {
    const [one, other] = [left(root), right(root)];
    if (isNumber(one) && isNumber(other)) return calculate(one, other);
    const known = one === undefined ? other : other === undefined ? one : unusual;
    return known === undefined || isNumber(known) ? undefined : unusual;
  };
}

/** False where one side is nothing. */
function areEqual(one: unknown, other: unknown): unknown {
  const isScalar = [one, other].every((value) => value !== unusual && (typeof value !== 'object' || value === null));
  if (!isScalar) return unusual;
  return one !== undefined && other !== undefined && one === other;
}
