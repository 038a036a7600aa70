/**
 * The files of the page by their names, none in the sources: `npm run build:dashboard` writes the built ones over this
 * module in `dist/`. As a module they are found wherever the package runs, even inside a bundle, where a path is not.
 */
export const BUILT_FILES: Readonly<Record<string, string>> = {};
