import { type Kysely, type RawBuilder, sql } from 'kysely';

/** How the two databases write the few types that the schema uses. */
export interface ColumnTypes {
  readonly kind: 'sqlite' | 'postgres';
  /** Compared byte by byte. */
  readonly text: RawBuilder<unknown>;
  readonly integer: RawBuilder<unknown>;
  /** Closes each `create table`. */
  readonly tableEnd: RawBuilder<unknown>;
}

/** A step of the schema. Once released it is never edited: another is added. It must be quick: rows are moved after the start. */
export interface StoreMigration {
  /** Sorts after all earlier ones. */
  readonly name: string;
  up(db: Kysely<unknown>, types: ColumnTypes): Promise<void>;
}

export function columnTypesOf(kind: 'sqlite' | 'postgres'): ColumnTypes {
  return kind === 'sqlite'
    ? { kind, text: sql`text`, integer: sql`integer`, tableEnd: sql`strict` }
    : { kind, text: sql`text collate "C"`, integer: sql`bigint`, tableEnd: sql`` };
}
