import { readdirSync, readFileSync } from 'node:fs';
import GithubSlugger from 'github-slugger';
import { marked, type Token, type Tokens } from 'marked';

/** A heading of a document. */
export interface Heading {
  readonly level: number;
  /** Without marks. */
  readonly text: string;
  /** What a link names it by, as GitHub makes it. */
  readonly anchor: string;
}

/** A fenced block of code. */
export interface CodeBlock {
  /** The first word after the fence, e.g. `ts`. */
  readonly language: string;
  /** The other words after the fence. */
  readonly tags: readonly string[];
  /** Where its first line is in the document, from 1. */
  readonly line: number;
  readonly code: string;
  /** The file that the block repeats, named in a comment before it: `<!-- file: test/… -->`. */
  readonly file: string | undefined;
}

/** A part of a document: a heading and everything up to the next one of its level or above. */
export interface Section {
  readonly heading: Heading;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  readonly tables: readonly Table[];
}

/** A table, its cells without marks. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A document of the project. */
export interface MarkdownDocument {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly headings: readonly Heading[];
  readonly blocks: readonly CodeBlock[];
  /** The targets of its links and images. */
  readonly links: readonly string[];
}

const FILE_COMMENT = /<!-- file: (\S+) -->/;

/** The documents that users read: those at the root, and everything below docs/. */
export function documents(): MarkdownDocument[] {
  const below = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`);
  return [...readdirSync('.'), ...below]
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map(readDocument);
}

/** Reads one document. */
export function readDocument(path: string): MarkdownDocument {
  const text = readFileSync(path, 'utf8');
  const tokens = marked.lexer(text);
  return { path, text, headings: headingsOf(tokens), blocks: blocksOf(tokens), links: linksOf(tokens) };
}

/** The sections under headings of a level. */
export function sectionsOf({ text }: MarkdownDocument, level: number): Section[] {
  const tokens = marked.lexer(text);
  const headings = headingsOf(tokens);
  let seen = -1;
  const sections: { heading: Heading; tokens: Token[] }[] = [];
  let open: (typeof sections)[number] | undefined;
  for (const token of tokens) {
    if (token.type === 'heading') {
      seen += 1;
      const heading = headings[seen]!;
      open = heading.level <= level ? undefined : open;
      if (heading.level === level) {
        open = { heading, tokens: [] };
        sections.push(open);
      }
    }
    open?.tokens.push(token);
  }
  return sections.map((section) => ({
    heading: section.heading,
    text: section.tokens.map(({ raw }) => raw).join(''),
    blocks: blocksOf(section.tokens),
    tables: section.tokens.filter((token) => token.type === 'table').map((token) => tableOf(token as Tokens.Table)),
  }));
}

function headingsOf(tokens: readonly Token[]): Heading[] {
  const slugger = new GithubSlugger();
  return tokens
    .filter((token): token is Tokens.Heading => token.type === 'heading')
    .map(({ depth, tokens: inner }) => {
      const text = plainText(inner);
      return { level: depth, text, anchor: slugger.slug(text) };
    });
}

function blocksOf(tokens: readonly Token[]): CodeBlock[] {
  const found: CodeBlock[] = [];
  let line = 1;
  let file: string | undefined;
  for (const token of tokens) {
    if (token.type === 'html') {
      file = FILE_COMMENT.exec(token.raw)?.[1];
    } else if (token.type === 'code') {
      const { lang = '', text } = token as Tokens.Code;
      const [language = '', ...tags] = lang.split(/\s+/);
      found.push({ language, tags, line: line + 1, code: text, file });
      file = undefined;
    }
    line += token.raw.split('\n').length - 1;
  }
  return found;
}

function linksOf(tokens: readonly Token[]): string[] {
  const found: string[] = [];
  void marked.walkTokens([...tokens], (token) => {
    if (token.type === 'link' || token.type === 'image') {
      found.push((token as Tokens.Link).href);
    }
  });
  return found;
}

function tableOf({ header, rows }: Tokens.Table): Table {
  const cells = (row: readonly Tokens.TableCell[]): string[] => row.map(({ tokens }) => plainText(tokens));
  return { header: cells(header), rows: rows.map(cells) };
}

/** The text without marks; `<` and its like as they are read, not as they are escaped. */
function plainText(tokens: readonly Token[] = []): string {
  return tokens
    .map((token) => ('tokens' in token ? plainText(token.tokens) : (token as Tokens.Text).text))
    .join('')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
