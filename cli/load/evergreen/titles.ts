/** Bibliographic records become bibs. */
import { marcXmlRecords, type MarcRecord } from '../../../formats/marcxml.js';
import type { Bib } from '../../../models/catalogue-records.js';
import { briefRecordOf } from '../brief-record.js';
import { withdrawing, type Load } from './load-context.js';
import { LeftOut } from './row.js';

/** What copies, loans and holds say of a title. */
export interface Title {
  bibId: string;
  title: string;
  author: string;
}

/**
 * Answers the titles by Evergreen's id. A deleted record stays out unless it is in `needed`: then copies that are not deleted hang on
 * it, and it is loaded hidden.
 */
export async function loadTitles(load: Load, needed: ReadonlySet<string>): Promise<ReadonlyMap<string, Title>> {
  const bibs = load.writerOf(load.models.Bib);
  const titles = new Map<string, Title>();
  await load.dump.each('biblio.record_entry', async (row, report) => {
    const id = row.text('id');
    const deleted = row.flag('deleted');
    if (deleted && !needed.has(id)) throw new LeftOut('deleted');
    const { record, warnings } = recordOf(row.text('marc'));
    for (const warning of warnings) report.remark(`MARC: ${warning}`, row.label);
    if (deleted) report.remark('deleted, and yet with copies that are not: loaded hidden', row.label);

    const _id = load.idOf('biblio.record_entry', id);
    const brief = briefRecordOf(record);
    await bibs.add(
      {
        _id,
        institutionId: load.institutionId,
        recordId: id,
        format: 'MARC21',
        marc: record,
        ...brief,
        suppressed: deleted || !row.flag('active'),
        importKey: `evergreen:${id}`,
        czKey: `#${_id}`,
        deletedAt: null,
        deleteAfter: null,
      } satisfies Omit<Bib, 'createdAt' | 'updatedAt' | 'version'>,
      withdrawing(report, row.label),
    );
    titles.set(id, { bibId: _id, title: brief.title, author: brief.author ?? '' });
    return 'MAPPED';
  });
  await bibs.flush();
  return titles;
}

function recordOf(xml: string): { record: MarcRecord; warnings: string[] } {
  const [piece] = marcXmlRecords([xml]);
  if (piece === undefined) throw new LeftOut('MARC: no record in it');
  if ('rejected' in piece) throw new LeftOut(`MARC: ${piece.rejected}`, piece.message);
  return piece;
}
