import type { Dialect, IndexStretch } from './dialect';

/** For planners that take the index with the most of what is asked for. */
export function latestOf({ column, value, literal, only, ...ids }: IndexStretch): ReturnType<Dialect['latestOf']> {
  return {
    where: `${only === undefined ? '' : `${only} AND `}${column} = ${literal ? `'${value}'` : '?'} AND id >= ? AND id < ?`,
    order: 'id DESC',
    params: [...(literal ? [] : [value]), ids.fromId, ids.beforeId],
  };
}
