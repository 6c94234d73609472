import { createCel, functionsOf } from '../../src/rules/cel.ts';
import { operationNames, ownTypes, variables } from '../../src/rules/variables.ts';

/** CEL's names of types, for people. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  bool: 'true or false',
  int: 'whole number',
  double: 'number',
  'list<string>': 'list of texts',
  'map<string, string>': 'texts by name',
  'map<string, dyn>': 'anything by name',
  'google.protobuf.Timestamp': 'time',
  Key: 'with fields, see below',
  Party: 'with fields, see below',
};

/** What fields mean. */
const fields: Readonly<Record<string, string>> = {
  id: 'What it is known by. Empty where the request has none.',
  name: 'Its name for people, else its id.',
  tags: 'Its own tags.',
  metadata: 'Its own metadata.',
  expires: 'When it expires. Only keys, and only those that do.',
};

/** The reference page of what conditions can ask, made from the table by which they are checked. */
export function rulesPage(): string {
  return `<!-- Made from packages/gateway/src/rules/variables.ts. Do not edit: UPDATE=1 npx vitest run rules-page -->

# What rules can ask

The condition of a [rule](../guides/rules.md) is an expression in [CEL](https://cel.dev), the Common Expression Language, that is true or false.

## Variables

${table(
  ['Name', 'Type', ''],
  variables.map(({ name, type, about }) => [`\`${name}\``, typeNames[type] ?? type, about]),
)}

\`key\`, \`user\`, \`team\` and \`organization\` have these fields, as in \`team.id\`:

${table(
  ['Field', 'Type', ''],
  Object.entries(ownTypes.Key.fields).map(([name, type]) => [
    `\`${name}\``,
    typeNames[type] ?? type,
    fields[name] ?? '',
  ]),
)}

## Operations

\`operation\` is one of: ${operationNames.map((name) => `\`${name}\``).join(', ')}. Which request is which is told by [what passes through](../guides/other-operations.md#what-there-is); \`passthrough\` is what nobody here knows.

## Operators

\`==\` \`!=\` \`<\` \`<=\` \`>\` \`>=\`, \`&&\` \`||\` \`!\`, \`in\` (\`kind in ["title", "memory"]\`, \`"eu" in tags\`, \`"x-team" in headers\`), \`+\` \`-\` \`*\` \`/\` \`%\`, \`condition ? one : other\`, \`map.field\` or \`map["field"]\`, \`list[0]\`.

Whole numbers and others are compared by \`<\` and \`>\` alike; \`==\` wants the same type, so a \`double\` is compared with \`1.0\`. Numbers in metadata are compared with either.

## Functions

${functions().join('\n')}

\`has(map.field)\` tells whether a field is there. \`list.exists(x, condition)\`, \`list.all(x, condition)\`, \`list.exists_one(x, condition)\`, \`list.filter(x, condition)\` and \`list.map(x, expression)\` go through lists.
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Functions that need no explanation here, or are of no use in a condition. */
const leftOut = /ast|Namespace|optional|bytes|^type\(|^dyn\(|uint|Duration/;

function functions(): readonly string[] {
  const signatures = functionsOf(createCel().environment)
    .map(({ signature }) => signature)
    .filter((signature) => !leftOut.test(signature));
  const names = [...new Set(signatures.map(nameOf))].toSorted();
  return names.map((name) => {
    const usages = signatures.filter((signature) => nameOf(signature) === name).map((usage) => `\`${plain(usage)}\``);
    return `- ${usages.join(', ')}`;
  });
}

function nameOf(signature: string): string {
  return /(\w+)\(/.exec(signature)?.[1] ?? '';
}

function plain(signature: string): string {
  return signature
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('<dyn, dyn>', '')
    .replaceAll('<dyn>', '');
}
