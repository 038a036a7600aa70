import { resolve } from 'node:path';
import ts from 'typescript';
import { compilerOptions } from './compiler-options';

/** An option as the sources declare it. */
export interface DeclaredOption {
  /** E.g. `processing.leaseMs`. */
  readonly path: string;
  /** What its comment says after `@default`; undefined where it says nothing. */
  readonly saidDefault: string | undefined;
  /** Whether its comment says anything at all. */
  readonly commented: boolean;
}

/** Reads options off the sources, as the compiler sees them. */
export class DeclaredOptions {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  constructor(files: readonly string[]) {
    this.program = ts.createProgram(
      files.map((file) => resolve(file)),
      compilerOptions(),
    );
    this.checker = this.program.getTypeChecker();
  }

  /** The options of an exported interface, and below those that are objects of this package's own, theirs. */
  of(file: string, interfaceName: string): DeclaredOption[] {
    const source = this.program.getSourceFile(resolve(file))!;
    const exported = this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(source)!);
    const found = exported.find(({ name }) => name === interfaceName)!;
    return this.optionsOf(this.checker.getDeclaredTypeOfSymbol(found), '');
  }

  private optionsOf(type: ts.Type, prefix: string): DeclaredOption[] {
    return type.getProperties().flatMap((property) => {
      const path = `${prefix}${property.name}`;
      const comment = ts.displayPartsToString(property.getDocumentationComment(this.checker));
      const parts = partsOf(this.checker.getTypeOfSymbol(property));
      const own = { path, saidDefault: defaultOf(property), commented: comment !== '' };
      return [own, ...parts.flatMap((part) => this.optionsOf(part, `${path}.`))];
    });
  }
}

/** What an option is made of: its objects that the package itself declares. */
function partsOf(type: ts.Type): ts.Type[] {
  const members = type.isUnion() ? type.types : [type];
  return members.filter((member) => {
    const [declaration] = member.getSymbol()?.getDeclarations() ?? [];
    const isObject = declaration && (ts.isInterfaceDeclaration(declaration) || ts.isTypeLiteralNode(declaration));
    return isObject === true && declaration.getSourceFile().fileName.startsWith(resolve('src'));
  });
}

function defaultOf(property: ts.Symbol): string | undefined {
  const tag = property.getJsDocTags().find(({ name }) => name === 'default');
  return tag && ts.displayPartsToString(tag.text);
}
