import { agents, requestKinds } from '@turnpike/contract/route-question';
import type { ClientDialectName } from '../core/items.ts';
import { operations } from '../operations/table.ts';
import { KeyParty, Party, type RuleFacts } from './facts.ts';

/** CEL's names of the types that variables have. */
type VariableType =
  | 'string'
  | 'bool'
  | 'int'
  | 'double'
  | 'list<string>'
  | 'map<string, string>'
  | 'map<string, dyn>'
  | 'google.protobuf.Timestamp'
  | 'Key'
  | 'Party';

/** A name that conditions may use. */
export interface Variable {
  readonly name: string;
  readonly type: VariableType;
  /** For people: the reference page is made of it. */
  readonly about: string;
  /** All that it can be, besides empty. Absent: anything. */
  readonly words?: readonly string[];
  /** Whole numbers are JavaScript's here, and CEL's `int` there. Undefined: not known now. */
  read(facts: RuleFacts): unknown;
}

const clientDialects = ['responses', 'chat', 'messages', 'gemini'] as const satisfies readonly ClientDialectName[];

/** What may be asked for. */
export const operationNames: readonly string[] = [
  'answer',
  'search',
  'passthrough',
  ...new Set(
    Object.values(operations)
      .flat()
      .map(({ name }) => name)
      .toSorted(),
  ),
];

/** Everything that conditions may ask: the checker, the evaluation and the reference page all read this table. */
export const variables: readonly Variable[] = [
  variable(
    'model',
    'string',
    'The model as it was asked for. Behind `/providers/NAME/` with that name: `NAME/model`. For later rules of a chain, what an earlier one has made of it. Empty where a request names none, such as an upload.',
    (facts) => facts.model,
  ),
  variable('key', 'Key', 'The virtual key. Empty with a token of an identity provider.', (facts) => facts.key),
  variable('user', 'Party', 'The user.', (facts) => facts.user),
  variable('team', 'Party', 'The team.', (facts) => facts.team),
  variable('organization', 'Party', 'The organization.', (facts) => facts.organization),
  variable(
    'tags',
    'list<string>',
    'Tags of the key, the user, the team and the organization together.',
    (facts) => facts.tags,
  ),
  variable(
    'metadata',
    'map<string, dyn>',
    'Metadata of all of them, field by field: the key’s goes before the user’s, that before the team’s, that before the organization’s.',
    (facts) => facts.metadata,
  ),
  oneOf(
    agents,
    'agent',
    'Who calls: `codex`, `claude-code`, `gemini-cli`, `opencode`, `qwen-code`, `cursor` or `other`.',
    (facts) => facts.agent,
  ),
  variable(
    'agent_release',
    'string',
    'The agent’s release, such as `0.169.0`, where it tells.',
    (facts) => facts.agentRelease,
  ),
  oneOf(
    requestKinds,
    'kind',
    'What the request is for, as far as the agent says: `turn`, `prewarm`, `compaction`, `title`, `review`, `memory`, `subagent` or `search`.',
    (facts) => facts.kind,
  ),
  oneOf(
    operationNames,
    'operation',
    'What is asked for: `answer` of a model, `search`, or another of the [operations](#operations), as records name it: `embeddings`, `files.create`.',
    (facts) => facts.operation,
  ),
  oneOf(
    clientDialects,
    'dialect',
    'What the agent speaks: `responses`, `chat`, `messages` or `gemini`. With other operations, in whose form failures are told.',
    (facts) => facts.dialect,
  ),
  variable('stream', 'bool', 'Whether a stream is wanted.', (facts) => facts.stream),
  variable(
    'session',
    'string',
    'The agent’s id of the session, or of the thread where it names only that.',
    (facts) => facts.session,
  ),
  variable(
    'bucket',
    'int',
    'A number from 0 to 99 that belongs to the session, always the same one: `bucket < 5` is one session in twenty. Requests without a session have that of their key.',
    (facts) => facts.inspect().bucket(),
  ),
  variable(
    'headers',
    'map<string, string>',
    'The request’s headers, by names in lower case. Credentials and cookies are left out.',
    (facts) => facts.inspect().headers(),
  ),
  variable('address', 'string', 'Where the request comes from, as far as it can be told.', (facts) => facts.address),
  variable(
    'input_tokens',
    'int',
    'About how many tokens the request has, by its bytes. 0 for other operations than answers.',
    (facts) => facts.inspect().inputTokens(),
  ),
  variable(
    'input_bytes',
    'int',
    'How many bytes the request has. 0 for uploads, which pass as they come.',
    (facts) => facts.inputBytes,
  ),
  variable('tools', 'int', 'How many tools the request brings. 0 for other operations than answers.', (facts) =>
    facts.inspect().tools(),
  ),
  variable(
    'has_images',
    'bool',
    'Whether there are images in the request. Never for other operations than answers.',
    (facts) => facts.inspect().hasImages(),
  ),
  variable(
    'budget_used',
    'double',
    'How much is used of the fullest of the budgets that hold for all of the caller’s requests: 0.8 is 80 %. More than 1 is possible in shadow mode. 0 where there is no budget.',
    (facts) => facts.budgetUsed,
  ),
  variable(
    'now',
    'google.protobuf.Timestamp',
    'The time: `now.getHours("Europe/Berlin")`, `now.getDayOfWeek("UTC")` (0 is Sunday).',
    (facts) => facts.inspect().now(),
  ),
  variable('region', 'string', 'Where this gateway runs: `region` of the configuration.', (facts) => facts.region),
];

/** Fields of the types that are our own, as CEL is told of them. */
const partyFields = { id: 'string', name: 'string', tags: 'list<string>', metadata: 'map<string, dyn>' };

/** Types of our own: their constructors, and their fields with CEL's names of their types. */
export const ownTypes = {
  Party: { ctor: Party, fields: partyFields },
  Key: { ctor: KeyParty, fields: { ...partyFields, expires: 'google.protobuf.Timestamp' } },
} as const;

/** A text with few words. */
function oneOf(words: readonly string[], name: string, about: string, read: Variable['read']): Variable {
  return { ...variable(name, 'string', about, read), words };
}

function variable(name: string, type: VariableType, about: string, read: Variable['read']): Variable {
  return { name, type, about, read };
}
