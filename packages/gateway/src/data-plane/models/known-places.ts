import type { Target } from '../../config/deployment.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import { fillStar, type StarPattern, starOf, starPatterns } from '../../core/star-pattern.ts';

/** A model that is known to be at a provider. */
export interface KnownPlace {
  /** `provider/model`. */
  readonly name: string;
  readonly target: Target;
  /** The configuration tells of it, not the bundled data alone. */
  readonly isDeclared: boolean;
  /** The same for the same model at all entries of a vendor. OpenAI's at Azure is another. */
  readonly product: string;
}

/** Models that the configuration tells of, and those in the bundled data, provider by provider. */
export function knownPlaces({ providers, catalog }: Snapshot): readonly KnownPlace[] {
  // A fleet has hundreds of entries of a few vendors.
  const bundled = new Map<string, readonly string[]>();
  return [...providers.values()].flatMap((provider) => {
    const { kind, priceId } = provider.vendor;
    const declared = new Set(catalog.declared(provider.name));
    if (priceId !== undefined && !bundled.has(priceId)) bundled.set(priceId, catalog.models(priceId));
    const models = new Set([...declared, ...(bundled.get(priceId ?? '') ?? [])]);
    return [...models].map((model) => ({
      name: `${provider.name}/${model}`,
      target: { provider, model },
      isDeclared: declared.has(model),
      product: `${kind}/${model}`,
    }));
  });
}

type Entry = Snapshot['names']['patterns'][number]['value'];

/** The names that a pattern can have for models that are known: what the `*` of a target is there, put into the pattern's. */
export function namesFitting(
  pattern: StarPattern<Pick<Entry, 'targets'>>,
  known: readonly KnownPlace[],
): readonly string[] {
  const templates = starPatterns(placesIn(pattern.value.targets).map((place) => [place, place]));
  return templates.flatMap((template) =>
    known.flatMap(({ name }) => {
      const star = starOf(template, name);
      return star === undefined ? [] : [fillStar(pattern.pattern, star)];
    }),
  );
}

function placesIn(targets: Entry['targets']): readonly string[] {
  return targets.flatMap((written) => {
    if (typeof written === 'string') return [written];
    return written.target === undefined ? placesIn(written.targets ?? []) : [written.target];
  });
}
