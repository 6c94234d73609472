import { type JsonObject, unknownFields } from '../../core/json.ts';
import type { ExpressPlan, Quirks } from '../dialect.ts';

type BodyQuirks = Pick<Quirks, 'modelInPath' | 'fields'>;

/** A body as the vendor wants it: without what stands in the path, with what every body of its must say. */
export function fitBody(body: JsonObject, { modelInPath, fields }: BodyQuirks): JsonObject {
  const kept = modelInPath === true ? (unknownFields(body, modelField) ?? {}) : body;
  return fields ? { ...kept, ...fields } : kept;
}

/** The same for a body that passes untouched but for its top-level fields. */
export function fitPlan(plan: ExpressPlan, { modelInPath, fields = {} }: BodyQuirks): ExpressPlan {
  if (modelInPath !== true && Object.keys(fields).length === 0) return plan;
  const { model: _, ...others } = plan.replace;
  const said = Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]);
  return {
    ...plan,
    replace: { ...(modelInPath === true ? others : plan.replace), ...Object.fromEntries(said) },
    remove: modelInPath === true ? [...plan.remove, 'model'] : plan.remove,
  };
}

const modelField: ReadonlySet<string> = new Set(['model']);
