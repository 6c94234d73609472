import type { Authenticator } from '../../identity/authenticate.ts';
import type { KeyHasher } from '../../identity/key-hash.ts';
import type { Principal } from '../../identity/principal.ts';
import type { ControlPorts } from '../ports.ts';

/** A model as LiteLLM's clients ask about it. Prices in dollars for a token. */
export interface KnownModel {
  /** What agents ask for. */
  readonly name: string;
  readonly provider: string;
  /** The provider's own name. */
  readonly model: string;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly tools?: boolean;
  readonly images?: boolean;
  readonly reasoning?: boolean;
  readonly inputCostPerToken?: number;
  readonly outputCostPerToken?: number;
  readonly cachedInputCostPerToken?: number;
}

/** What LiteLLM's management API needs besides the admin API's ports. */
export interface LiteLlmPorts extends ControlPorts {
  readonly hasher: KeyHasher;
  /** Virtual keys may ask about themselves. */
  readonly identity: Authenticator;
  /** The models that a caller is offered; all where an operator asks. */
  models(caller: Principal | undefined): Promise<readonly KnownModel[]>;
  /** One that a caller may use, offered or not. */
  model(name: string, caller: Principal | undefined): KnownModel | undefined;
}
