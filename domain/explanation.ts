/** *Explain a record*: what was asked about one record, and what came of it (design.md 7; platform.md 8). */
import type { Heard } from './ask.js';

/** Of which institution, by which moment and parameters. */
export interface Asking {
  institutionId: string;
  /** ISO 8601 UTC. */
  asOf: string;
  timeZone: string;
  currency: string;
  parameters: Record<string, unknown>;
}

export interface ExplainRequest extends Asking {
  /** `<type>:<id or what staff know it by>`, such as `loan:31234000123`. */
  record: string;
}

export interface Explanation {
  recordType: string;
  recordId: string;
  /** What staff know it by. */
  label: string;
  decision: 'ACT' | 'LEAVE';
  /** One sentence. */
  summary: string;
  /** Every question asked, in order, with its answer and the values compared. */
  questions: Heard[];
  /** What a run at this moment would do, a sentence each. */
  actions: string[];
  /** Codes of the problems that a run would report. */
  problems: string[];
}

/** null: there is no such record. A record of a type that the job does not treat is a RangeError. */
export type Explain = (request: ExplainRequest) => Promise<Explanation | null>;
export type ExplainOne = (record: ExplainRequest['record']) => Promise<Explanation | null>;
