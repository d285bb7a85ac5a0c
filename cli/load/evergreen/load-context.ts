/** What the parts of a load share: the dump, the institution it goes into, and who writes what. */
import type { Model } from 'mongoose';
import type { Zone } from '../../../domain/days.js';
import type { Versioned } from '../../../models/document.js';
import type { Models } from '../../../models/models.js';
import type { TableReport } from '../table-report.js';
import type { Writer } from '../writer.js';
import type { Dump } from './dump.js';

export interface Load {
  dump: Dump;
  models: Models;
  institutionId: string;
  zone: Zone;
  currency: string;
  /** The `_id` of the record that a row becomes. */
  idOf(table: string, id: string): string;
  /** A writer whose counts stand in the report. */
  writerOf<T extends Versioned>(model: Model<T>): Writer<T>;
}

/** Takes a row back from the mapped ones when its record could not be written. */
export const withdrawing = (report: TableReport, label: string) => (reason: string) => report.withdraw(reason, label);
