import { isJsonObject } from '../../core/json.ts';
import type { LossList } from '../shared/losses.ts';
import type { ModelRules } from './model-rules.ts';
import { append } from './turn-builder.ts';
import { type Block, isThought, textOf, type Turn } from './types.ts';

/**
 * Makes turns legal. https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls:
 * every tool_use is answered at the start of the very next user message; nothing else may answer.
 */
export function repairTurns(built: readonly Turn[], losses: LossList): Turn[] {
  const turns = joinTurns(built.map((turn) => withoutLastThoughts(turn, losses)));
  return joinTurns(pairResults(turns, losses));
}

/** An assistant message may not end with a thought; that happens where an agent was interrupted. */
function withoutLastThoughts(turn: Turn, losses: LossList): Turn {
  if (turn.role !== 'assistant' || !isThought(turn.blocks.at(-1))) return turn;
  losses.hint('reasoning.interrupted', 'a thought that led to nothing is not retold');
  const end = turn.blocks.findLastIndex((block) => !isThought(block));
  return { ...turn, blocks: turn.blocks.slice(0, end + 1) };
}

function joinTurns(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = [];
  for (const turn of turns) if (turn.blocks.length > 0) append(joined, { ...turn });
  return joined;
}

function pairResults(turns: readonly Turn[], losses: LossList): Turn[] {
  const answers = collectAnswers(turns);
  const paired: Turn[] = [];
  let due: readonly Block[] = [];
  for (const turn of turns) {
    if (turn.role === 'user') {
      paired.push({ ...turn, blocks: [...inOrderOf(turn, due), ...otherBlocks(turn, answers, losses)] });
      due = [];
    } else {
      if (turn.role === 'assistant' && due.length > 0) paired.push({ role: 'user', blocks: [...due] });
      paired.push(turn);
      if (turn.role === 'assistant') due = turn.blocks.filter(isCall).map((call) => answerTo(call, answers, losses));
    }
  }
  if (due.length > 0) paired.push({ role: 'user', blocks: [...due] });
  return paired;
}

/** The first result for each call, by the call's id. Further results of the same call are orphans. */
function collectAnswers(turns: readonly Turn[]): ReadonlyMap<string, Block> {
  const called = new Set<string>();
  for (const { blocks } of turns) for (const block of blocks) if (isCall(block)) called.add(textOf(block, 'id'));
  const answers = new Map<string, Block>();
  for (const { blocks } of turns) {
    for (const block of blocks) {
      const id = textOf(block, 'tool_use_id');
      if (isResult(block) && called.has(id) && !answers.has(id)) answers.set(id, block);
    }
  }
  return answers;
}

function answerTo(call: Block, answers: ReadonlyMap<string, Block>, losses: LossList): Block {
  const id = textOf(call, 'id');
  const answer = answers.get(id);
  if (answer) return answer;
  losses.hint('tool-result.missing', 'a call without a result was told as failed');
  return { type: 'tool_result', tool_use_id: id, content: 'No result was recorded for this call.', is_error: true };
}

/** The results that are due, those that stand in this turn first and in its order. */
function inOrderOf(turn: Turn, due: readonly Block[]): readonly Block[] {
  const here = turn.blocks.filter((block) => due.includes(block));
  return [...here, ...due.filter((block) => !here.includes(block))];
}

/** What is no answer. A result whose call is gone is kept as text. */
function otherBlocks(turn: Turn, answers: ReadonlyMap<string, Block>, losses: LossList): readonly Block[] {
  return turn.blocks.flatMap((block) => {
    if (!isResult(block)) return [block];
    if (answers.get(textOf(block, 'tool_use_id')) === block) return [];
    losses.hint('tool-result.orphan', 'a result without a call was told as text');
    return retell(block);
  });
}

function retell(result: Block): readonly Block[] {
  const content = result['content'];
  const title: Block = { type: 'text', text: `[Result of tool call ${textOf(result, 'tool_use_id')}]` };
  if (typeof content === 'string') return content === '' ? [title] : [title, { type: 'text', text: content }];
  return [title, ...(Array.isArray(content) ? content.filter(isJsonObject) : [])];
}

function isCall(block: Block): boolean {
  return block['type'] === 'tool_use';
}

function isResult(block: Block): boolean {
  return block['type'] === 'tool_result';
}

/** Stands where the API wants a user message and the history has none. */
const filler: Block = { type: 'text', text: 'Continue.' };

/** The first message must be the user's; the last one too, where the model takes no beginnings of its answer. */
export function withUserEnds(turns: readonly Turn[], rules: ModelRules, losses: LossList): readonly Turn[] {
  const opened: readonly Turn[] = turns[0]?.role === 'user' ? turns : [{ role: 'user', blocks: [filler] }, ...turns];
  if (opened !== turns) losses.hint('history.start', 'the conversation did not begin with the user');
  const last = opened.at(-1);
  if (last?.role !== 'assistant') return opened;
  if (rules.prefill) return [...opened.slice(0, -1), { ...last, blocks: withoutTrailingSpace(last.blocks) }];
  losses.hint('history.prefill', 'this model does not go on with a begun answer');
  return [...opened, { role: 'user', blocks: [filler] }];
}

/** The API refuses an answer's beginning that ends in white space. */
function withoutTrailingSpace(blocks: readonly Block[]): Block[] {
  const last = blocks.at(-1);
  if (typeof last?.['text'] !== 'string') return [...blocks];
  const text = last['text'].trimEnd();
  return text === '' ? blocks.slice(0, -1) : [...blocks.slice(0, -1), { ...last, text }];
}

/**
 * Whether the conversation ends inside a tool loop whose first assistant message has no thought. With manual thinking the
 * API then refuses the request (`Expected thinking or redacted_thinking, but found tool_use`).
 */
export function endsInThoughtlessLoop(turns: readonly Turn[]): boolean {
  let first: Turn | undefined;
  for (let at = turns.length - 1; at > 0; at -= 1) {
    const turn = turns[at];
    if (turn?.role === 'user' && !turn.blocks.some(isResult)) break;
    if (turn?.role === 'assistant') first = turn;
  }
  return first !== undefined && first.blocks.some(isCall) && !isThought(first.blocks[0]);
}
