import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../base/errors';
import { copyRecords } from './copy-records';
import type { Database } from './database';
import { checkLayout, type FileLayout } from './file-layout';
import { hashFile } from './hash-file';
import { scanParquet, scanText, unitSeparator, type ScannedFile } from './scan-file';
import { surveyFile, type FileSurvey } from './survey-file';

/** A file whose rows are in a table of the database. */
export interface LoadedFile {
  readonly sha256: string;
  /** `null` for a Parquet file. */
  readonly survey: FileSurvey | null;
}

/** Makes the SELECT of a table from what the database sees of a file. */
export type SelectFrom = (scanned: ScannedFile) => string;

export interface LoadOptions {
  readonly onSurvey?: (survey: FileSurvey) => void;
  /** A Parquet file stays where it is: `name` is a view of it, and nothing is read yet. */
  readonly inPlace?: boolean;
}

/**
 * Make the table `name` from a file: from the file as it is, or, where it has rows at fault or is unusual, from a copy without them.
 *
 * The table has a row for every record of the file; a text file is read twice, and both readings must find the same number.
 *
 * @param names fields that the select may use
 * @throws InputError when the file is missing, damaged, empty, not UTF-8, or its header names a field twice
 */
export async function loadFile(
  database: Database,
  name: string,
  file: string,
  layout: FileLayout,
  names: readonly string[],
  select: SelectFrom,
  { onSurvey = () => {}, inPlace = false }: LoadOptions = {},
): Promise<LoadedFile> {
  checkLayout(layout);
  if (layout.kind === 'parquet') {
    const sha256 = await hashFile(file);
    const sql = select(await scanParquet(database, file));
    if (inPlace) await database.run(`CREATE VIEW ${name} AS ${sql}`);
    else if (!(await fill(database, name, sql))) throw damagedParquet(file);
    return { sha256, survey: null };
  }
  const survey = await surveyFile(file, layout);
  onSurvey(survey);
  const wanted = survey.numRows - survey.faults.reduce((sum, { rows }) => sum + rows, 0);
  if (survey.isRegular) {
    const sql = select(scanText({ file, survey, isCopy: false }, layout, names));
    if ((await fillInOrder(database, name, sql)) && (await count(database, name)) === wanted) {
      return { sha256: survey.sha256, survey };
    }
    await database.run(`DROP TABLE IF EXISTS ${name}`);
  }
  const copy = join(database.spillFolder, `records-${randomUUID()}`);
  try {
    await copyRecords(file, layout, layout.kind === 'csv' ? (layout.delimiter ?? ',') : unitSeparator, copy);
    const sql = select(scanText({ file: copy, survey, isCopy: true }, layout, names));
    const isFilled = await fillInOrder(database, name, sql);
    const found = isFilled ? await count(database, name) : 'no';
    if (found !== wanted)
      throw new Error(`${file}: the database reads ${found} rows where ${wanted} were found`);
  } finally {
    await rm(copy, { force: true });
  }
  return { sha256: survey.sha256, survey };
}

async function count(database: Database, name: string): Promise<number> {
  return (await database.rows<{ n: number }>(`SELECT count(*) AS n FROM ${name}`))[0]!.n;
}

/** The error for a Parquet file that cannot be read to its end. */
export const damagedParquet = (file: string): InputError =>
  new InputError('the Parquet file is damaged.', 'Write it again, or copy it again.', { file });

/** Without the order the rows of a text file would be numbered as the threads come to them. */
async function fillInOrder(database: Database, name: string, sql: string): Promise<boolean> {
  await database.run('SET preserve_insertion_order = true');
  try {
    return await fill(database, name, sql);
  } finally {
    await database.run('SET preserve_insertion_order = false');
  }
}

/** @returns false when the database could not read the file; an error of the statement itself is thrown */
async function fill(database: Database, name: string, sql: string): Promise<boolean> {
  try {
    await database.run(`CREATE TABLE ${name} AS ${sql}`);
    return true;
  } catch (error) {
    if (error instanceof InputError) throw error;
    await database.rows(`DESCRIBE ${sql}`);
    return false;
  }
}
