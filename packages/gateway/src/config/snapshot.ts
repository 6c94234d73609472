import type { NamesByKind } from '@turnpike/contract/config-names';
import type { ExcludedRecord } from '@turnpike/contract/route-record';
import type { Gaps } from '../catalog/abilities.ts';
import type { Catalog, ModelFacts } from '../catalog/catalog.ts';
import type { Price } from '../catalog/price.ts';
import type { UnpricedPolicy } from '../catalog/price-book.ts';
import type { PriceRule } from '../catalog/price-rules.ts';
import type { AddressRanges } from '../core/address-ranges.ts';
import type { Memo, PairMemo } from '../core/memo.ts';
import type { Parameters } from '../core/parameters.ts';
import type { Principal } from '../identity/principal.ts';
import type { FileResource } from '../identity/resources.ts';
import type { NetworkRules } from '../providers/network-rules.ts';
import type { Provider } from '../providers/provider.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { AdminRules } from './admin-tokens.ts';
import type { FailoverRules } from './build-failover.ts';
import type { Plan, Target } from './deployment.ts';
import type { NameBook } from './name-book.ts';
import type { RuleMaker } from './rule-maker.ts';
import type { Steered } from './steered.ts';

/** A name that agents ask for, and where it leads. */
export interface ModelAlias {
  readonly name: string;
  /** `provider/model`, in order of preference: targets, then fallbacks. Among those of one group, a strategy decides. */
  readonly chain: readonly [Target, ...Target[]];
  /** The same with the keys of each: always the same array, so that what is worked out of it can be kept. */
  readonly plan: Plan;
  /** What the configuration says that the model can do, whichever target answers. */
  readonly abilities?: ModelFacts;
  /** Names where some kinds of requests go instead. */
  readonly kinds?: NamesByKind;
}

/** Deadlines and sizes of the data plane. Milliseconds and bytes. */
export interface Limits {
  readonly maxBodyBytes: number;
  /** Of a body that passes through without being held. */
  readonly maxUploadBytes: number;
  readonly connectTimeoutMs: number;
  /** From sending a request until the first byte of an answer's head. */
  readonly headersTimeoutMs: number;
  /** Longest silence inside an answer. */
  readonly idleTimeoutMs: number;
  /** Silence towards a streaming client after which a keepalive is sent. */
  readonly keepaliveMs: number;
}

/** Who condenses histories, and with what name of a model where that is the gateway. */
export interface CompactionRules {
  readonly by: 'provider' | 'gateway';
  readonly model?: string | undefined;
}

/** What the document says of prices, besides the overrides that are resources. */
export interface Pricing {
  /** Of single models of its providers. */
  readonly rules: readonly PriceRule[];
  /** What a model without a known price is taken to cost. */
  readonly fallback?: Price;
  readonly unpriced: UnpricedPolicy;
}

/** What models of a plan lack. */
export interface PlanGaps extends Gaps {
  /** What is left of it, by what of that a request needs: always the same array, so that what is worked out of it can be kept. */
  readonly left: Map<string, Plan | undefined>;
}

/** As much of a plan as a caller may reach, and the rest as records tell it. */
export interface Reach {
  /** Absent: it may reach nobody. */
  readonly plan?: Plan;
  readonly excluded: readonly ExcludedRecord[];
}

/** Everything a request needs to know of the configuration. Frozen; swapped whole; an exchange keeps the one it began with. */
export interface Snapshot {
  /** Counts up with every swap. */
  readonly version: number;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  /** Patterns, names that are going, and what is made of them and of somebody's own names. */
  readonly names: NameBook;
  /** Plans with what rules set in requests, once some have. */
  readonly laid: PairMemo<Plan, Parameters, Plan>;
  /** Where other names lead, once they have been asked for. */
  readonly plans: Memo<Plan>;
  /** What models of a plan lack, once that has been asked. */
  readonly gaps: WeakMap<Plan, PlanGaps>;
  /** What of a plan a caller may reach, once that has been asked. */
  readonly reaches: WeakMap<Principal, WeakMap<Plan, Reach>>;
  /** What is done with requests for which a condition holds. */
  readonly rules: RuleBook;
  /** Makes and checks rules that are not the document's. */
  readonly ruleMaker: RuleMaker;
  /** What they have made of plans and callers. */
  readonly steered: Steered;
  /** Where this gateway runs, as far as the document says. */
  readonly region?: string;
  /** The name, an alias or `provider/model`, that stands in for agents' hidden models. */
  readonly utilityModel?: string;
  readonly compaction: CompactionRules;
  /** Who and what the document names. */
  readonly resources: readonly FileResource[];
  readonly admin: AdminRules;
  /** Reverse proxies that are believed where a request comes from. */
  readonly trustedProxies: AddressRanges;
  readonly catalog: Catalog;
  readonly pricing: Pricing;
  readonly limits: Limits;
  /** Where a name has no rules of its own. */
  readonly failover: FailoverRules;
  /** How far the gateway’s own connections may go. */
  readonly network: NetworkRules;
  /** What answers tell callers of their way. */
  readonly routeHeader: 'off' | 'brief' | 'full';
  /** Whether agents may use WebSockets. */
  readonly websocket: boolean;
}
