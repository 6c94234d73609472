import { Failure } from '../../core/failure.ts';

/** Loads a package by its name. */
export type ImportPackage = (name: string) => Promise<unknown>;

/** From where the program is installed. The name is no literal, so that bundlers and compilers do not look for the package. */
const importPackage: ImportPackage = (name) => import(name);

/**
 * A function of a cloud's own library, which is loaded only when it is needed and is not installed by default.
 * Throws `upstream-credential-refused`, saying what to install.
 */
export async function functionOf(
  library: string,
  name: string,
  load: ImportPackage = importPackage,
): Promise<(...given: unknown[]) => unknown> {
  const found = await load(library).catch((cause: unknown) => {
    throw new Failure(
      'upstream-credential-refused',
      `The provider's credentials need the package ${library}, which is not installed beside Turnpike. Install it: npm install ${library}`,
      { cause },
    );
  });
  const value: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  if (isFunction(value)) return value;
  throw new Failure('upstream-credential-refused', `The installed package ${library} has no ${name}. Update it.`);
}

/** An object of a class of a cloud's own library. Throws as `functionOf` does, and what the class throws. */
export async function instanceOf(
  library: string,
  name: string,
  given: readonly unknown[],
  load?: ImportPackage,
): Promise<object> {
  const made: unknown = Reflect.construct(await functionOf(library, name, load), given);
  if (typeof made === 'object' && made !== null) return made;
  throw new TypeError(`${library} made nothing of ${name}`);
}

/** A method of such an object, bound to it. */
export function methodOf(instance: object, name: string): (...given: unknown[]) => Promise<unknown> {
  const method: unknown = Reflect.get(instance, name);
  if (!isFunction(method)) throw new TypeError(`the installed library has no ${name}; update it`);
  return async (...given) => Reflect.apply(method, instance, given);
}

function isFunction(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === 'function';
}
