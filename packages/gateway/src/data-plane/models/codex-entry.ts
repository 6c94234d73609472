import type { CodexModel } from '@turnpike/contract/codex-models';
import type { ModelFacts } from '../../catalog/catalog.ts';
import { baseInstructions } from './base-instructions.ts';
import type { ListedModel } from './listed-models.ts';

/** What Codex is told of a model whose size nobody knows: small enough for most, so that it writes its summary in time. */
const cautiousWindow = 128_000;

/**
 * One model as Codex reads it, from what is known of where its name leads first.
 * It keeps Codex in the public form of its protocol (no `use_responses_lite`, no `tool_mode`), which every provider's dialect can say, so
 * a session may move between models of different vendors. `priority` is its place in the picker.
 */
export function codexEntry(model: ListedModel, priority: number, efforts: readonly string[]): CodexModel {
  const { name, target, facts, offered } = model;
  const room = inputRoom(facts);
  const levels = reasoningLevels(facts, efforts);
  const usual = levels.includes('medium') ? 'medium' : levels[Math.floor(levels.length / 2)];
  return {
    slug: name,
    display_name: name,
    description: descriptionOf(model),
    base_instructions: baseInstructions,
    visibility: offered ? 'list' : 'hide',
    supported_in_api: true,
    priority,
    shell_type: 'unified_exec',
    ...(usual === undefined ? {} : { default_reasoning_level: usual }),
    supported_reasoning_levels: levels.map((effort) => ({ effort, description: effortWords[effort] ?? effort })),
    default_reasoning_summary: 'none',
    supports_reasoning_summaries: levels.length > 0,
    // Only OpenAI's own models have the knob, and it does nothing where the configuration has its hand on it.
    support_verbosity: target.provider.issuer === 'openai' && target.parameters?.verbosity === undefined,
    default_verbosity: null,
    apply_patch_tool_type: 'freeform',
    web_search_tool_type: 'text',
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    supports_image_detail_original: false,
    supports_parallel_tool_calls: true,
    context_window: room,
    max_context_window: room,
    auto_compact_token_limit: Math.ceil(room * 0.9),
    effective_context_window_percent: 95,
    experimental_supported_tools: [],
    input_modalities: facts.images === false ? ['text'] : ['text', 'image'],
    include_skills_usage_instructions: true,
    supports_search_tool: false,
    use_responses_lite: false,
    upgrade: null,
    availability_nux: null,
    service_tiers: [],
    additional_speed_tiers: [],
  };
}

/** Codex shows it in its picker; what it calls an upgrade, it writes into the user's configuration. */
export function descriptionOf({ target, notice }: Pick<ListedModel, 'target' | 'notice'>): string {
  const place = `${target.model} at ${target.provider.name}`;
  return notice ? `${place}. ${notice.text}` : place;
}

/** Codex means input alone by its window, as its own entries do (272,000 for a window of 400,000 with answers of 128,000). */
function inputRoom({ contextWindow, maxOutputTokens = 0 }: ModelFacts): number {
  if (contextWindow === undefined) return cautiousWindow;
  // Some vendors give the whole window as the longest answer.
  return Math.max(contextWindow - maxOutputTokens, Math.ceil(contextWindow / 2));
}

const effortWords: Readonly<Record<string, string>> = {
  none: 'No reasoning',
  minimal: 'As little reasoning as possible',
  low: 'Fast, light reasoning',
  medium: 'Speed and depth in balance',
  high: 'Deeper reasoning for hard problems',
  xhigh: 'Very deep reasoning',
  max: 'As deep as the model can',
};

/** Efforts to choose from. A model that reasons in unknown steps is offered the three that every dialect can say. */
function reasoningLevels({ reasoning, reasoningEfforts }: ModelFacts, efforts: readonly string[]): readonly string[] {
  const words = reasoningEfforts ?? (reasoning ? ['low', 'medium', 'high'] : []);
  return efforts.filter((effort) => words.includes(effort));
}

/** Releases before this one throw the list away for a word that they do not know. */
const openWordsSince = [0, 169];

/** The effort words that a release of Codex (`0.169.0`) understands, weakest first. */
export function effortsFor(clientVersion: string | undefined): readonly string[] {
  const words = Object.keys(effortWords);
  const [major = 0, minor = 0] = (clientVersion ?? '').split('.').map(Number);
  const [openMajor = 0, openMinor = 0] = openWordsSince;
  const open = major > openMajor || (major === openMajor && minor >= openMinor);
  return open ? words : words.filter((word) => word !== 'max');
}
