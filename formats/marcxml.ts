/**
 * Reads MARCXML, whatever surrounds the records: a collection, a bare record, an OAI answer.
 *
 * Specification: publishing-import.md C2, "Reading MARCXML". Text is Unicode NFC; a damaged leader is repaired and said, a file with a
 * DOCTYPE is refused, and ill-formed XML ends the reading after the records that were complete.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';

/** A control field has a `value`, a data field indicators (one character, blank = space) and subfields. */
export type MarcField =
  | { tag: string; value: string }
  | { tag: string; ind1: string; ind2: string; subfields: { code: string; value: string }[] };

export interface MarcRecord {
  /** 24 characters. */
  leader: string;
  fields: MarcField[];
}

export type MarcWarning = 'LEADER_REPAIRED' | 'EMPTY_FIELD' | 'BAD_CODE' | 'BAD_TAG';

export type MarcXmlPiece =
  | { record: MarcRecord; warnings: MarcWarning[] }
  | { rejected: 'XML_SYNTAX' | 'XML_DOCTYPE'; message: string };

const MARC_21_SLIM = 'http://www.loc.gov/MARC21/slim';
const LEADER_LENGTH = 24;
const CONTROL_TAG = /^00[0-9A-Z]$/;
const TAG = /^[0-9A-Z]{3}$/;
const PRINTABLE = /^[\x20-\x7e]$/;

/** The records of a document that arrives in pieces. A rejection is the last thing that comes. */
export function* marcXmlRecords(chunks: Iterable<string>): Generator<MarcXmlPiece> {
  const found: MarcXmlPiece[] = [];
  let rejected = false;
  const reject = (reason: 'XML_SYNTAX' | 'XML_DOCTYPE', message: string) => {
    if (!rejected) found.push({ rejected: reason, message });
    rejected = true;
  };
  const parser = new SaxesParser({ xmlns: true });
  const reader = new RecordReader((piece) => {
    if (!rejected) found.push(piece);
  });
  parser.on('doctype', () => reject('XML_DOCTYPE', 'the file has a DOCTYPE'));
  parser.on('error', (error) => reject('XML_SYNTAX', error.message));
  parser.on('opentag', (tag) => reader.open(tag));
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  parser.on('closetag', (tag) => reader.close(tag));

  for (const chunk of chunks) {
    parser.write(chunk);
    yield* found.splice(0);
    if (rejected) return;
  }
  parser.close();
  yield* found;
}

const isOurs = (tag: SaxesTagNS) => tag.uri === MARC_21_SLIM || tag.uri === '';

/** Collects one record at a time from the events of the parser. */
class RecordReader {
  private record: MarcRecord | null = null;
  private warnings: MarcWarning[] = [];
  private dataField: { tag: string; ind1: string; ind2: string; subfields: { code: string; value: string }[] } | null = null;
  private collected = '';

  constructor(private readonly done: (piece: MarcXmlPiece) => void) {}

  open(tag: SaxesTagNS): void {
    if (!isOurs(tag)) return;
    const attribute = (name: string) => tag.attributes[name]?.value ?? '';
    this.collected = '';
    if (tag.local === 'record') {
      this.record = { leader: '', fields: [] };
      this.warnings = [];
    } else if (tag.local === 'datafield') {
      this.dataField = { tag: attribute('tag'), ind1: this.indicator(attribute('ind1')), ind2: this.indicator(attribute('ind2')), subfields: [] };
    }
  }

  text(text: string): void {
    this.collected += text;
  }

  close(tag: SaxesTagNS): void {
    const { record } = this;
    if (record === null || !isOurs(tag)) return;
    const text = this.collected.normalize('NFC');
    const attribute = (name: string) => tag.attributes[name]?.value ?? '';
    if (tag.local === 'leader') record.leader = text;
    else if (tag.local === 'controlfield') this.addControlField(record, attribute('tag'), text);
    else if (tag.local === 'subfield') this.addSubfield(attribute('code'), text);
    else if (tag.local === 'datafield') this.addDataField(record);
    else if (tag.local === 'record') this.finish(record);
  }

  private indicator(value: string): string {
    if (value === '') return ' ';
    if (PRINTABLE.test(value)) return value;
    this.warn('BAD_CODE');
    return ' ';
  }

  private addControlField(record: MarcRecord, tag: string, value: string): void {
    if (!CONTROL_TAG.test(tag)) this.warn('BAD_TAG');
    else if (value.trim() === '') this.warn('EMPTY_FIELD');
    else record.fields.push({ tag, value });
  }

  private addSubfield(code: string, value: string): void {
    if (!PRINTABLE.test(code)) this.warn('BAD_CODE');
    else if (value.trim() === '') this.warn('EMPTY_FIELD');
    else this.dataField?.subfields.push({ code, value });
  }

  private addDataField(record: MarcRecord): void {
    const field = this.dataField;
    this.dataField = null;
    if (field === null) return;
    if (!TAG.test(field.tag) || CONTROL_TAG.test(field.tag)) this.warn('BAD_TAG');
    else if (field.subfields.length === 0) this.warn('EMPTY_FIELD');
    else record.fields.push(field);
  }

  private finish(record: MarcRecord): void {
    if (record.leader.length !== LEADER_LENGTH) {
      record.leader = record.leader.slice(0, LEADER_LENGTH).padEnd(LEADER_LENGTH);
      this.warn('LEADER_REPAIRED');
    }
    this.record = null;
    this.done({ record, warnings: this.warnings });
  }

  private warn(warning: MarcWarning): void {
    if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }
}
