/** `almanac letters`: the latest letters of an institution, and how they stand. */
import { letterStates } from '../../models/letter.js';
import { Refusal } from '../../api/refusal.js';
import { answer, command, institutionOption } from '../command.js';
import { countOption } from '../count-option.js';
import { institutionCode, withModels } from '../operating.js';

interface Options {
  institution?: string;
  json: boolean;
  limit: string;
  state?: string;
}

export function lettersCommand() {
  return command('letters', 'List the latest letters, newest first', 'almanac letters --institution demo --state FAILED')
    .option(...institutionOption)
    .option('--limit <number>', 'how many', '20')
    .option('--state <state>', `only those in one state: ${letterStates.join(', ')}`)
    .action(async ({ institution, json, limit, state }: Options) => {
      const wanted = stateOption(state);
      const count = countOption('--limit', limit);
      await withModels('almanac letters', async (models) => {
        const institutionId = await institutionCode(models, institution);
        const letters = await models.Letter.find(
          { institutionId, ...(wanted === undefined ? {} : { state: wanted }) },
          { letterCode: 1, channel: 1, language: 1, recipient: 1, state: 1, suppressedReason: 1, runId: 1, createdAt: 1, sentAt: 1 },
        )
          .sort({ createdAt: -1 })
          .limit(count)
          .lean();
        answer(json, letters.map(({ _id, ...letter }) => ({ id: _id, ...letter })), () =>
          letters.map(({ _id, createdAt, state, suppressedReason, letterCode, recipient }) =>
            [_id, createdAt.toISOString(), (suppressedReason ?? state).padEnd(20), letterCode.padEnd(40), recipient.address ?? '-'].join('  '),
          ),
        );
      });
    });
}

function stateOption(text: string | undefined) {
  if (text === undefined) return undefined;
  const state = letterStates.find((known) => known === text);
  if (state === undefined) throw new Refusal('validation-failed', `--state "${text}" is no state of a letter: expected ${letterStates.join(', ')}.`);
  return state;
}
