import { noSuch } from '../api-error';
import type { Route } from '../route';

/** Objects of any kind, by the path they are retrieved at. Asked after every other route. */
export const objectRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '*',
    answer: ({ account, path }) => {
      const object = account.objects.get(path);
      if (object === undefined) {
        throw noSuch('object', path);
      }
      return object;
    },
  },
];
