/** The events of a run, as far as a person may read them (platform.md 8 and 11). */
import type { QueryFilter } from 'mongoose';
import { masked, may, type Grants } from '../domain/permissions.js';
import { severities, type Severity } from '../domain/run.js';
import type { Proposal, RunEvent, StoredRun } from '../models/run.js';
import type { ApiContext } from './context.js';
import { pageOf, type PageOf } from './paging.js';

export interface EventFilter {
  severities: readonly Severity[];
  code: string;
  /** The record's id or its label, whole. */
  record: string;
}

/** In the order they happened. Of a record a run has one event a code, so they are read whole, and found by the record. */
export async function eventsOf(
  { models }: ApiContext,
  grants: Grants,
  run: Pick<StoredRun, 'institutionId' | '_id'>,
  filter: EventFilter,
  page: { limit: number; cursor: string | null },
): Promise<PageOf<RunEvent>> {
  const recordId = /^[0-9a-f]{24}$/.test(filter.record) ? filter.record : null;
  const query: QueryFilter<RunEvent> = {
    institutionId: run.institutionId,
    runId: run._id,
    severity: { $in: filter.severities.length === 0 ? [...severities] : [...filter.severities] },
    ...(filter.code !== '' && { code: filter.code }),
    // A label has no index, for which each event written would pay: the events of one run are walked, 110,000 at the most.
    ...(recordId !== null ? { recordId } : filter.record !== '' && { recordLabel: filter.record }),
  };
  if (recordId !== null) {
    const ofRecord = await models.RunEvent.find(query).lean();
    return { items: ofRecord.sort((a, b) => a.seq - b.seq).map((event) => readableEvent(grants, event)), next: null };
  }
  const { items, next } = await pageOf<RunEvent>({
    model: models.RunEvent,
    filter: query,
    sortBy: 'seq',
    direction: 1,
    ...page,
  });
  return { items: items.map((event) => readableEvent(grants, event)), next };
}

/** Without PATRON_DATA an event does not tell who its patron is, in none of its fields. */
export function readableEvent(grants: Grants, event: RunEvent): RunEvent {
  if (may(grants, 'PATRON_DATA')) return event;
  if (event.recordType !== 'user' || event.recordId === null)
    return { ...event, params: readableValues(grants, event.params) };
  const name = masked(event.recordId);
  const hide = (text: string) =>
    [event.recordLabel, event.recordId].reduce<string>(
      (kept, secret) => (secret ? kept.replaceAll(secret, name) : kept),
      text,
    );
  return {
    ...event,
    recordId: name,
    recordLabel: name,
    message: hide(event.message),
    params: readableValues(grants, event.params),
  };
}

export const readableProposal = (grants: Grants, proposal: Proposal): Proposal => ({
  ...proposal,
  details: readableValues(grants, proposal.details),
});

/** The fields in which jobs put a person. */
const PATRON_FIELDS = ['userId', 'primaryId', 'patronName', 'address', 'email', 'phone', 'recipient', 'letterKey'];

/** Named values of a rule, a problem or a proposal. */
export function readableValues(grants: Grants, values: Record<string, unknown>): Record<string, unknown> {
  if (may(grants, 'PATRON_DATA')) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      PATRON_FIELDS.includes(name) && value !== null ? masked(String(value)) : value,
    ]),
  );
}
