/** What the passes over loans, fees, requests and borrowing requests have of their own. */
import type { Parameters } from '../../../catalogue/fulfillment/fulfillment-historical-archiving.js';
import type { RecordType } from '../../../catalogue/definition.js';
import type { EndedRecord } from '../../../domain/fulfillment/fulfillment-historical-archiving.js';
import type { Run } from '../../../domain/run.js';
import type { AnonymizationTable } from '../../../models/rule-tables.js';
import type { Walk } from './walk.js';

/** A record that something is done to. */
export interface Change<Read> {
  record: Read;
  action: 'ANONYMIZE' | 'REMOVE_TEXT';
  /** There is some, and it goes. */
  removesText: boolean;
}

export interface Pass<Read extends { _id: string; anonymizedAt: Date | null }> {
  recordType: RecordType;
  table: AnonymizationTable;
  walk: Walk<Read>;
  /** What the flags of the job ask of it. */
  asked(parameters: Parameters): { anonymizes: boolean; removesText: boolean };
  /** What the rules know of the records of a page, in their order; `ranked`: which of an item's loans each is. */
  snapshots(institutionId: string, records: readonly Read[], ranked: boolean): Promise<EndedRecord[]>;
  /** Whether there are notes or comments to remove. */
  hasText(record: Read): boolean;
  /** What staff know it by; never a person. */
  labelOf(record: Read): string;
  /** Its counters, where the report has them. */
  counters: Readonly<Partial<Record<'examined' | 'anonymized' | 'heldByDebts' | 'retainedByRule' | 'textRemoved', string>>>;
  /** Takes the person out, or the text; each write is guarded by the record's own state. Repeatable. */
  write(run: Run, changes: readonly Change<Read>[], now: Date): Promise<void>;
}
