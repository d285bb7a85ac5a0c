/** Makes the search attributes known to a namespace (engine.md 2.8). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { searchAttributes } from '../config/search-attributes.js';

const LOOKS = 60;
const LOOK_EVERY_MS = 500;

/**
 * Makes the attributes known to a namespace and waits until they are; at every start, since it changes nothing twice. An Error names
 * those that are missing after half a minute (where only an administrator may add them) or have another type: the server keeps the
 * type it knew first and says nothing.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const wanted = Object.fromEntries(
    Object.values(searchAttributes).map(({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type)!]),
  );
  let refusal: unknown = null;
  await connection.operatorService
    .addSearchAttributes({ namespace, searchAttributes: wanted })
    .catch((error: unknown) => {
      refusal = error; // a managed server lets only its own tools add them; they may be there all the same
    });

  let wrong: string[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await sleep(LOOK_EVERY_MS);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    wrong = Object.entries(wanted)
      .filter(([name, type]) => customAttributes[name] !== type)
      .map(([name]) => (name in customAttributes ? `${name} (has another type)` : name));
    if (wrong.length === 0) return;
    if (refusal !== null || wrong.some((name) => name.endsWith(')'))) break; // waiting would not help
  }
  throw new Error(`Namespace "${namespace}" lacks search attributes: ${wrong.join(', ')}`, { cause: refusal });
}
