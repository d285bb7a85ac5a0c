/**
 * Fulfillment – Handle Historical Archiving: how a page of ended records is read, judged and written.
 *
 * Specification: fulfillment-loans.md, fulfillment-historical-archiving. The rules are in domain/fulfillment/. Four passes, of loans, fees,
 * requests and borrowing requests, share the page; what each reads and writes is in archiving/. No record can fail, so there is no retry of
 * failed ones.
 */
import { fulfillmentHistoricalArchiving } from '../../catalogue/fulfillment/fulfillment-historical-archiving.js';
import { endedBefore } from '../../domain/fulfillment/fulfillment-historical-archiving.js';
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, holdOf, recordBatch, type BatchClaim } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { feePass } from './archiving/fees.js';
import { judgeRecords, readGround, type Claimed, type Ground, type JudgedRecord } from './archiving/judge.js';
import { loanPass } from './archiving/loans.js';
import type { Change, Pass } from './archiving/pass.js';
import { borrowingRequestPass, requestPass } from './archiving/requests.js';
import { tally } from './archiving/tally.js';
import { RECORDS_A_PAGE, type RecordsOfPage } from './archiving/walk.js';

interface Dependencies {
  models: Models;
  now: () => Date;
}
type Named = { _id: string; anonymizedAt: Date | null };

/** Stands in a claim after the id of a record whose text goes: once it is gone, a repeat could not tell that there was any. */
const WITH_TEXT = '+';

export function createArchivingActivities({ models, now }: Dependencies) {
  const groundOf = <Read extends Named>(run: Run, pass: Pass<Read>) => readGround(models, run, pass, fulfillmentHistoricalArchiving.parameters.parse(run.parameters));

  /**
   * Takes the person out of the records of one page.
   *
   * Repeatable: the page claims the records that it changes before its first write, and what it did to them is read off them.
   */
  const archivePage = <Read extends Named>(pass: Pass<Read>) => async (run: Run, onward: Onward): Promise<Page> => {
    const ground = await groundOf(run, pass);
    if (!isAsked(ground)) return recordBatch(models, run, null, { counters: {}, problems: [] }, now());
    const claim = await claimedBatch(models, run);
    const claimed = claimedOf(claim);
    const { records, next } = await recordsOfPage(run, pass, ground, claim);
    if (next !== null && records.length >= RECORDS_A_PAGE && !run.preview) onward(next, records.length);
    const judged = await judgeRecords(models, ground, pass, records, claimed);
    const changes = changesOf(judged);
    const named = new Map([...claimed, ...changes.map(({ record, removesText }) => [record._id, removesText || (claimed.get(record._id) ?? false)] as const)]);
    const leaving = [...named].map(([id, hadText]) => (hadText ? `${id}${WITH_TEXT}` : id));

    const { outcome, proposals } = await carryOut<Set<string>>(models, run, {
      write: async () => {
        if (leaving.length > 0) await claimBatch(models, run, claim, { toKey: next, leaving }, now());
        const written = changes.filter(({ done }) => !done);
        if (written.length > 0) await pass.write(run, written, now());
        return overtaken(run, pass, judged, claimed, written);
      },
      propose: () => changes.map(({ record, action, removesText }) => ({
        recordType: pass.recordType, recordId: record._id, recordLabel: pass.labelOf(record), action, details: { removesText },
      })),
      undisturbed: () => Promise.resolve(new Set()),
    });
    return recordBatch(models, run, next, { counters: tally(pass, judged, outcome), problems: [], proposals }, now(), holdOf(claim, leaving));
  };

  async function recordsOfPage<Read extends Named>({ institutionId, cursor }: Run, { walk }: Pass<Read>, { rules, moment }: Ground, claim: BatchClaim | null): Promise<RecordsOfPage<Read>> {
    const read = await walk.page(institutionId, endedBefore(rules, moment), cursor);
    if (claim === null) return read;
    const { toKey } = claim;
    const here = toKey === null ? read.records : read.records.filter((record) => walk.isUpTo(record, toKey));
    const seen = new Set(here.map(({ _id }) => _id));
    const left = await walk.byId(institutionId, [...claimedOf(claim).keys()].filter((id) => !seen.has(id)));
    return { records: [...here, ...left], next: toKey };
  }

  /** Records that somebody else changed meanwhile: nothing was done to these. */
  async function overtaken<Read extends Named>(
    { institutionId, asOf }: Run, { walk, hasText }: Pass<Read>, judged: readonly JudgedRecord<Read>[], claimed: Claimed, written: readonly Change<Read>[],
  ): Promise<Set<string>> {
    const before = judged.flatMap(({ record, decision }) => (claimed.has(record._id) && decision.action === 'LEAVE' ? [record._id] : []));
    const present = new Map((await walk.byId(institutionId, written.map(({ record }) => record._id))).map((record) => [record._id, record]));
    const isDone = ({ record: { _id }, action }: Change<Read>): boolean => {
      const record = present.get(_id);
      return record !== undefined && (action === 'ANONYMIZE' ? record.anonymizedAt?.getTime() === Date.parse(asOf) : !hasText(record));
    };
    return new Set([...before, ...written.filter((change) => !isDone(change)).map(({ record }) => record._id)]);
  }

  const [loans, fees, requests, borrowingRequests] = [loanPass(models), feePass(models), requestPass(models), borrowingRequestPass(models)];
  const countOf = async <Read extends Named>(run: Run, pass: Pass<Read>): Promise<number> => {
    const ground = await groundOf(run, pass);
    return isAsked(ground) ? pass.walk.count(run.institutionId, endedBefore(ground.rules, ground.moment)) : 0;
  };

  return {
    /** How many records the passes that are asked for select together. */
    async countEndedRecords(run: Run): Promise<number> {
      const counts = await Promise.all([countOf(run, loans), countOf(run, fees), countOf(run, requests), countOf(run, borrowingRequests)]);
      return counts.reduce((sum, count) => sum + count, 0);
    },
    archiveLoans: forAMinute(archivePage(loans)),
    archiveFees: forAMinute(archivePage(fees)),
    archiveRequests: forAMinute(archivePage(requests)),
    archiveBorrowingRequests: forAMinute(archivePage(borrowingRequests)),
  };
}
export type ArchivingActivities = ReturnType<typeof createArchivingActivities>;

const isAsked = ({ asked: { anonymizes, removesText } }: Ground): boolean => anonymizes || removesText;

const claimedOf = (claim: BatchClaim | null): Map<string, boolean> =>
  new Map((claim?.leaving ?? []).map((entry) => (entry.endsWith(WITH_TEXT) ? [entry.slice(0, -WITH_TEXT.length), true] : [entry, false])));

function changesOf<Read>(judged: readonly JudgedRecord<Read>[]): (Change<Read> & { done: boolean })[] {
  return judged.flatMap(({ record, decision, done }) =>
    decision.action === 'LEAVE' ? [] : [{ record, action: decision.action, removesText: decision.action === 'REMOVE_TEXT' || decision.removesText, done }]);
}
