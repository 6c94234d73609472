import type { CanonicalRequest } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodedRequest, EncodeTarget } from '../dialect.ts';
import { loseCompactions } from '../shared/compaction.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { hasBreakpoints, type Prefix, withDefaultBreakpoints, withinLimit } from './cache-control.ts';
import { loseForeignFields } from '../shared/foreign-fields.ts';
import { createLossList, type LossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { type ModelRules, rulesOf } from './model-rules.ts';
import { planFormat } from './output-format.ts';
import { writeSampling } from './sampling.ts';
import { writeTier } from './service-tier.ts';
import { planThinking, withBinding } from './thinking.ts';
import { nameRules, type ToolContext, writeToolChoice, writeTools } from './tool-writer.ts';
import { type Built, buildTurns } from './turn-builder.ts';
import { withPossibleThinking } from './possible-thinking.ts';
import { endsInThoughtlessLoop, repairTurns, withUserEnds } from './turn-repair.ts';
import { type Block, ownFields, type Turn } from './types.ts';

/** The API requires a limit; this one is what every model since Claude 3.7 takes. */
const defaultMaxTokens = 32_000;

/**
 * Writes a request for Claude. Two kinds of callers: one that speaks Messages itself gets back what it wrote, so that
 * nothing it knows better is lost; for all others thinking, caching, sampling and pairing are brought into the form the model takes.
 */
export function encodeRequest(request: CanonicalRequest, target: EncodeTarget): EncodedRequest {
  const losses = createLossList();
  loseCompactions(request.items, losses);
  loseForeignFields(request, 'messages', losses);
  const table = createToolTable(request, nameRules);
  const own = ownFields(request);
  const context: ToolContext = { target, table, losses, own: own !== undefined };
  const built = buildTurns(request.items, { target, tools: table, losses });
  const turns = repairTurns(built.turns, losses);
  const tools = writeTools(request, context);
  const rules = rulesOf(target);
  const maxTokens = outputLimit(request, target, losses);
  const parts: Written = own
    ? {
        settings: { ...withPossibleThinking(own, turns, losses), ...sampledAsWritten(request) },
        prefix: { tools, system: built.system, turns },
      }
    : forForeigner(request, { tools, system: built.system, turns }, { target, rules, maxTokens, losses });
  const body: JsonObject = {
    ...parts.settings,
    model: target.model,
    max_tokens: maxTokens,
    ...writePrefix(parts.prefix, built),
    ...writeToolChoice(request, tools, { ...context, rules }),
    ...(request.stop && request.stop.length > 0 ? { stop_sequences: request.stop } : {}),
    stream: true,
  };
  return {
    body: withoutOmitted(body, target, losses),
    ...(parts.headers ? { headers: parts.headers } : {}),
    losses: losses.all(),
    tools: table,
  };
}

interface Situation {
  readonly target: EncodeTarget;
  readonly rules: ModelRules;
  readonly maxTokens: number;
  readonly losses: LossList;
}

interface Written {
  readonly settings: JsonObject;
  readonly prefix: Prefix;
  readonly headers?: Readonly<Record<string, string>>;
}

function forForeigner(request: CanonicalRequest, given: Prefix, situation: Situation): Written {
  const { rules, losses, target } = situation;
  const turns = withUserEnds(given.turns, rules, losses);
  const plan = planThinking(request, { ...situation, loopWithoutThought: endsInThoughtlessLoop(turns) });
  const { thinking, headers } = withBinding(plan.thinking, target, rules);
  const { format, instruction } = planFormat(request, rules, losses);
  const system = instruction === undefined ? given.system : [...given.system, { type: 'text', text: instruction }];
  if (request.verbosity !== undefined) losses.hint('text.verbosity', 'there is no such setting here');
  const config = { ...(plan.effort === undefined ? {} : { effort: plan.effort }), ...(format ? { format } : {}) };
  const prefix = { tools: given.tools, system, turns };
  return {
    settings: {
      ...(thinking ? { thinking } : {}),
      ...(Object.keys(config).length > 0 ? { output_config: config } : {}),
      ...writeSampling(request, { rules, thinks: plan.thinking !== undefined, losses }),
      ...writeTier(request.serviceTier, losses),
    },
    prefix: hasBreakpoints(prefix) ? withinLimit(prefix) : withDefaultBreakpoints(prefix),
    ...(headers ? { headers } : {}),
  };
}

function sampledAsWritten(request: CanonicalRequest): JsonObject {
  const { temperature, topP, topK, serviceTier } = request;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier === 'default' ? 'standard_only' : serviceTier }),
  };
}

function outputLimit(request: CanonicalRequest, target: EncodeTarget, losses: LossList): number {
  const most = target.abilities.maxOutputTokens;
  const wanted = request.maxOutputTokens;
  if (wanted === undefined) return most ?? defaultMaxTokens;
  if (most === undefined || wanted <= most) return wanted;
  losses.hint('max_tokens', `this model writes at most ${most} tokens`);
  return most;
}

function writePrefix({ tools, system, turns }: Prefix, built: Built): JsonObject {
  return {
    ...(tools.length > 0 ? { tools } : {}),
    ...(system.length > 0 ? { system: written(system, built.systemForm) } : {}),
    messages: turns.map(writeTurn),
  };
}

function writeTurn(turn: Turn): JsonObject {
  return { role: turn.role, content: written(turn.blocks, turn.form), ...turn.fields };
}

function written(blocks: readonly Block[], form: 'string' | undefined): string | readonly Block[] {
  const text = form && blocks.length === 1 ? blocks[0]?.['text'] : undefined;
  return typeof text === 'string' ? text : blocks;
}
