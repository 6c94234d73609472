import { type Inspection, KeyParty, Party, type RuleFacts } from '../../src/rules/facts.ts';

/** What may be given of a request. */
export type GivenFacts = Partial<RuleFacts & Inspection>;

/** A request of which nothing is known but what is given. */
export function ruleFacts(given: GivenFacts = {}): RuleFacts {
  const inspection: Inspection = {
    now: () => new Date(Date.UTC(2027, 0, 1)),
    bucket: () => 0,
    headers: () => ({}),
    inputTokens: () => 0,
    tools: () => 0,
    hasImages: () => false,
    ...given,
  };
  return {
    reach: 'answer',
    key: new KeyParty(),
    user: new Party(),
    team: new Party(),
    organization: new Party(),
    tags: [],
    metadata: {},
    model: 'gpt-5.5',
    agent: 'other',
    agentRelease: '',
    kind: '',
    operation: 'answer',
    dialect: 'responses',
    stream: true,
    session: '',
    address: '',
    region: '',
    inputBytes: 0,
    budgetUsed: 0,
    inspect: () => inspection,
    ...given,
  };
}

/** A party of which nothing but this is known. */
export function party(id: string, metadata: Party['metadata'] = {}, tags: readonly string[] = []): Party {
  return new Party({ id, name: id, tags, metadata });
}
