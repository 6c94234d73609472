import { nearestName } from '../config/nearest-name.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import type { Overlay } from '../identity/overlay.ts';

type Known = Pick<Snapshot, 'aliases' | 'names' | 'providers'>;

/** Who asks, as far as it matters which names can be told. Absent fields: somebody who may use all, and has none of their own. */
export interface NameSeeker {
  readonly mayUse?: (model: string) => boolean;
  readonly overlays?: readonly Overlay[] | undefined;
}

/** So many names are enough to choose from. */
const maxNamed = 5;
const maxProviders = 8;
/** Among how many names one is looked for that was meant: comparing takes time, and anybody may ask. */
const maxCompared = 200;

/** Tells that nobody knows a name: which one was probably meant, or else which there are. */
export function unknownModel(model: string, known: Known, seeker: NameSeeker = {}): Failure {
  const { providers } = known;
  const names = namesFor(seeker, known);
  const near = nearestName(model, names.slice(0, maxCompared)) ?? withNearProvider(model, [...providers.keys()]);
  const others = near === undefined ? configured(names) : ` Did you mean "${near}"?`;
  const at = listed([...providers.keys()], maxProviders);
  const message = `The model "${model}" is not known here.${others} Or ask for provider/model, with one of the providers: ${at}.`;
  return new Failure('model-unknown', message);
}

/** The names that the caller may use, and nobody is led to one that is going. */
function namesFor({ mayUse = () => true, overlays = [] }: NameSeeker, { aliases, names }: Known): readonly string[] {
  const own = overlays.flatMap((overlay) => Object.keys(overlay.names)).filter((name) => !name.includes('*'));
  const lasting = [...aliases.keys()].filter((name) => !names.redirects.has(name));
  return [...new Set([...own, ...lasting])].filter(mayUse);
}

function configured(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Configured models: ${listed(names, maxNamed)}.`;
}

function withNearProvider(model: string, providers: readonly string[]): string | undefined {
  const slash = model.indexOf('/');
  if (slash <= 0 || slash === model.length - 1) return undefined;
  const provider = nearestName(model.slice(0, slash), providers.slice(0, maxCompared));
  return provider === undefined ? undefined : provider + model.slice(slash);
}

function listed(names: readonly string[], count: number): string {
  const more = names.length - count;
  return names.slice(0, count).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
