/** An object with one field, or none where there is no value: optional fields stay absent instead of undefined. */
export function given<Key extends string, Value>(key: Key, value: Value | undefined): { [Name in Key]?: Value } {
  const field: { [Name in Key]?: Value } = {};
  if (value !== undefined) field[key] = value;
  return field;
}
