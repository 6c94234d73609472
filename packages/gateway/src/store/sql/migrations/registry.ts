import { exchangeRecords } from './0001-exchange-records.ts';
import { resources } from './0002-resources.ts';
import { ledger } from './0003-ledger.ts';
import type { StoreMigration } from './store-migration.ts';

/** Every step of the schema, in order. A new one is a file and a line here. */
export const storeMigrations: readonly StoreMigration[] = [exchangeRecords, resources, ledger];
