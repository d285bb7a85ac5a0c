import { proxyActivities } from '@temporalio/workflow';
import type { ArchivingActivities } from '../../activities/fulfillment/fulfillment-historical-archiving.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countEndedRecords, archiveLoans, archiveFees, archiveRequests, archiveBorrowingRequests } = proxyActivities<ArchivingActivities>(perPage);

/** Fulfillment – Handle Historical Archiving: takes the person out of ended loans, fees and requests, as the rules of each say. */
export async function fulfillmentHistoricalArchiving(input: RunInput): Promise<void> {
  await inRun(input, countEndedRecords, async (run) => {
    await everyPage(input, run, 'loans', archiveLoans);
    await everyPage(input, run, 'fees', archiveFees);
    await everyPage(input, run, 'requests', archiveRequests);
    await everyPage(input, run, 'borrowing requests', archiveBorrowingRequests);
  });
}
