import { gzipSync } from 'node:zlib';
import { BUILT_FILES } from './built-files';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** A file of the page, ready to be sent. */
export interface DashboardFile {
  readonly type: string;
  readonly content: Buffer;
  readonly gzipped: Buffer;
}

/** The page and what it loads. Compressed when they are first asked for, and then kept. */
export class DashboardFiles {
  private readonly known = new Map<string, DashboardFile>();
  private readonly texts: ReadonlyMap<string, string>;

  constructor(texts: Readonly<Record<string, string>> = BUILT_FILES) {
    this.texts = new Map(Object.entries(texts));
  }

  /** The page itself; `folder` is how a browser gets from its address to the files beside it. */
  page(folder: string): DashboardFile | null {
    const html = this.texts.get('index.html');
    return html === undefined ? null : ready('index.html', html.replaceAll('="./', `="${folder}`));
  }

  /** A file that the page loads. */
  asset(name: string): DashboardFile | null {
    const text = this.texts.get(name);
    if (text === undefined || name === 'index.html') {
      return null;
    }
    const file = this.known.get(name) ?? ready(name, text);
    this.known.set(name, file);
    return file;
  }
}

function ready(name: string, text: string): DashboardFile {
  const content = Buffer.from(text);
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { type, content, gzipped: gzipSync(content) };
}
