/** A dispatcher of another version: it begins with a step that the histories of today do not have. */
import { sleep } from '@temporalio/workflow';
import { dispatcher as today, type DispatcherInput } from '../../workflows/dispatcher.js';

export { stubJob } from './dispatcher-stub.js';

export async function dispatcher(input: DispatcherInput): Promise<void> {
  await sleep(1);
  await today(input);
}
