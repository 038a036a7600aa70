import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { compilerOptions } from './compiler-options';
import { documents, type CodeBlock, type MarkdownDocument } from './markdown';

/** A block as a file beside the application that the documents speak of: test/docs/application. */
interface Snippet {
  readonly file: string;
  readonly place: string;
  readonly code: string;
}

const BESIDE = resolve('test/docs/application');
const all = documents();
const snippets = all.flatMap((document) => blocksToCheck(document).map((block) => snippetOf(document, block)));

function blocksToCheck({ blocks }: MarkdownDocument): CodeBlock[] {
  return blocks.filter(({ language, tags }) => language === 'ts' && !tags.includes('nocheck'));
}

function snippetOf({ path }: MarkdownDocument, { line, code }: CodeBlock): Snippet {
  const name = path.replaceAll(/[^A-Za-z0-9]+/g, '-');
  // A block without imports is a module all the same.
  return { file: resolve(BESIDE, `${name}-${line}.ts`), place: `${path}:${line}`, code: `${code}\nexport {};\n` };
}

/** One program for all of them, by the project's own options. Only the snippets themselves are checked. */
function problemsOf(checked: readonly Snippet[]): string[] {
  const options = compilerOptions();
  const byFile = new Map(checked.map((snippet) => [snippet.file, snippet]));
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...byFile.keys()], options, {
    ...host,
    fileExists: (file) => byFile.has(file) || host.fileExists(file),
    readFile: (file) => byFile.get(file)?.code ?? host.readFile(file),
    getSourceFile: (file, languageVersion) => {
      const text = byFile.get(file)?.code;
      return text === undefined
        ? host.getSourceFile(file, languageVersion)
        : ts.createSourceFile(file, text, languageVersion, true);
    },
  });
  return checked.flatMap((snippet) => {
    const source = program.getSourceFile(snippet.file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => sentence(snippet, diagnostic));
  });
}

function sentence({ place }: Snippet, { file, start, messageText }: ts.Diagnostic): string {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `${place}, line ${line} of the block: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}

describe('the TypeScript in the documents', () => {
  it('compiles, by the strictest options', () => {
    const wrong = { file: resolve(BESIDE, 'wrong.ts'), place: 'wrong', code: `export const n: number = 'text';\n` };
    const problems = problemsOf([...snippets, wrong]);

    expect(problems).toEqual([expect.stringContaining('wrong, line 1')]);
    expect(snippets.length).toBeGreaterThan(25);
  }, 120_000);

  it('is hardly ever exempt from that', () => {
    const exempt = all.flatMap(({ blocks }) => blocks).filter(({ tags }) => tags.includes('nocheck'));

    expect(exempt.length).toBeLessThanOrEqual(3);
  });
});
