import { InputError } from '../../base/errors';
import { accountSources } from './account-sources';
import { movieLensSources } from './movielens-sources';
import { openSources } from './open-sources';
import { packageSources } from './package-sources';
import type { DataSource } from './source';

/** Every public data set that this project knows how to get. */
export const dataSources: readonly DataSource[] = [
  ...movieLensSources,
  ...openSources,
  ...packageSources,
  ...accountSources,
];

/** The set of that name. @throws InputError when there is none, naming those there are */
export function sourceNamed(name: string): DataSource {
  const source = dataSources.find((one) => one.name === name);
  if (source) return source;
  throw new InputError(
    `there is no data set '${name}'.`,
    `Choose one of ${dataSources.map((one) => one.name).join(', ')}.`,
  );
}
