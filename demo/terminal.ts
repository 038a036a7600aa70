import { isatty } from 'node:tty';

/** Whether what is printed may have colours: on a terminal that shows them, unless NO_COLOR says no. */
export const HAS_COLOURS = isatty(1) && process.stdout.hasColors();
