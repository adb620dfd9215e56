/** What the compiler, the linter and the import rules do not see, of every file that is tracked. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const { include: productFolders } = JSON.parse(readFileSync('tsconfig.product.json', 'utf8'));
const folders: readonly string[] = [...productFolders, '.ci', '.github', 'manifests', 'docs', 'test', 'dev'];
const ceilings = { lines: 250, testLines: 400, functionLines: 50 };

/** Whoever owns the clone: `safe.directory` lets another user list it. */
const listing = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { encoding: 'utf8' });
const skip = listing.status === 0 ? false : 'missing: git, or its list of the files of this project';
const files = (listing.stdout ?? '').split('\0').filter((path) => path !== '' && existsSync(path));
const sources = files.filter((path) => path.endsWith('.ts'));
const isTest = (path: string): boolean => path.startsWith('test/');
const texts = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));
const text = (path: string): string => texts.get(path) ?? readFileSync(path, 'utf8');

const rule = (sentence: string, offenders: () => readonly string[]): void => {
  test(sentence, { skip }, () => assert.deepEqual(offenders(), []));
};

const written = (pattern: RegExp, paths: readonly string[] = files): readonly string[] =>
  paths.filter((path) => path !== 'test/style.test.ts' && pattern.test(text(path)));

rule('every folder at the top has a place in ARCHITECTURE.md', () =>
  files.filter((path) => path.includes('/') && !folders.some((folder) => path.startsWith(`${folder}/`))),
);

rule('nothing that is built is tracked', () =>
  files.filter((path) =>
    /(^|\/)(build|dist|node_modules)\/|\.tsbuildinfo$|\.js$|\.map$|\.d\.ts$|\.log$/.test(path),
  ),
);

rule('no file names a path of the machine it was written on', () =>
  written(/(?<![\w.~-])\/(work|root|Users)\/|(?<![\w.~-])\/home\/\w/),
);

rule('no source names a folder for temporary files that the system might keep elsewhere', () =>
  written(/['"`]\/(var\/)?tmp\b/, sources),
);

rule('no file names a package registry', () =>
  written(/registry\.(npmjs|yarnpkg)\.|"resolved":|^registry\s*=|artifactory|nexus\./im),
);

rule('files are named in kebab-case', () =>
  sources.filter((path) => !/^[a-z0-9]+([.-][a-z0-9]+)*\.ts$/.test(basename(path))),
);

rule('no file or folder is named after nothing in particular', () =>
  files.filter((path) => /(^|[/-])(utils?|helpers?|common|misc|managers?|lib|index)([./]|$)/.test(path)),
);

const retired = /reads this line: (.*)/.exec(text('docs/glossary.md'))?.[1]?.split(', ') ?? [];
/** Kubernetes' own word. */
const isControlPlane = (name: string): boolean => /control-?plane/i.test(name);

rule('no type and no file is named by a word that the glossary has replaced', () => {
  assert.ok(retired.length > 5);
  const isRetired = (name: string): boolean =>
    !isControlPlane(name) && retired.some((word) => name.replaceAll('-', '').toLowerCase().includes(word));
  return sources.flatMap((path) => {
    const declared = [...text(path).matchAll(/^export (?:abstract )?(?:class|interface|type) (\w+)/gm)];
    return [basename(path), ...declared.map(([, name = '']) => name)]
      .filter(isRetired)
      .map((name) => `${path}: ${name}`);
  });
});

/** The first word of a sentence, disk or tcp, is its plane: so it is called in the grammar and in the control endpoint's answers. */
const saysPlane = (path: string, name: string): boolean =>
  path.startsWith('faults/') || /^planes?$/.test(name);

rule('nothing that the product declares is named by a word that the glossary has replaced', () =>
  sources
    .filter((path) => productFolders.some((folder: string) => path.startsWith(`${folder}/`)))
    .flatMap((path) => inTree(path, (node) => retiredName(path, node))),
);

rule('what an effect is like is looked up in a table of all effects, where none can be forgotten', () =>
  written(
    /\beffect\.kind\s*[!=]==?|[!=]==?\s*(\w+\.)*effect\.kind\b|(has|includes)\(([\w.]*\.)?effect\.kind\)|switch \(([\w.]*\.)?effect\.kind\)/,
    sources.filter((path) => !isTest(path) && !path.startsWith('dev/')),
  ),
);

rule('every source begins by saying what it is for; the names of tests do that', () =>
  sources.filter((path) => !path.endsWith('.test.ts') && !/^(#!.*\n)?\/\*\*/.test(text(path))),
);

rule('no file is longer than one can keep in mind', () =>
  sources.filter(
    (path) => text(path).split('\n').length - 1 > (isTest(path) ? ceilings.testLines : ceilings.lines),
  ),
);

rule('no function is longer than one can keep in mind', () =>
  sources.filter((path) => !isTest(path)).flatMap(longFunctions),
);

rule('every switch says what becomes of the rest: assertNever where nothing is left', () =>
  sources.flatMap(switchesWithoutDefault),
);

rule(
  'what is private is #private, and a field of its own; only a constructor can be private by its type',
  () => sources.flatMap(privateByType),
);

rule('no comment is a banner', () => written(/^\s*(\/\/|#|\*)\s*[-=*#~]{4,}\s*$/m, sources));

rule('no test is left that runs alone, or that waits for time to pass', () =>
  written(
    /\b(test|it|describe|suite)\.only\(|\bonly: true|setTimeout\((resolve|done|ok)\b|from 'node:timers\/promises'/,
    sources.filter(isTest),
  ),
);

rule('every test is where the runner looks', () =>
  sources.filter((path) => path.endsWith('.test.ts') && !isTest(path)),
);

function longFunctions(path: string): readonly string[] {
  return inTree(path, (node, lines) =>
    ts.isFunctionLike(node) && lines(node) > ceilings.functionLines ? `(${lines(node)} lines)` : null,
  );
}

function switchesWithoutDefault(path: string): readonly string[] {
  return inTree(path, (node) =>
    ts.isSwitchStatement(node) && !node.caseBlock.clauses.some(ts.isDefaultClause) ? '' : null,
  );
}

function privateByType(path: string): readonly string[] {
  return inTree(path, (node) => {
    const isPrivate = node.kind === ts.SyntaxKind.PrivateKeyword;
    return isPrivate && !ts.isConstructorDeclaration(node.parent) ? '' : null;
  });
}

function retiredName(path: string, node: ts.Node): string | null {
  if (!isDeclaration(node)) return null;
  const name = node.name.text;
  const words =
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const pairs = words.map((word, index) => word + (words[index + 1] ?? ''));
  const isRetired = [...words, ...pairs].some((word) =>
    retired.some((old) => word === old || word === `${old}s`),
  );
  return isRetired && !isControlPlane(name) && !saysPlane(path, name) ? name : null;
}

const isDeclaration = (node: ts.Node): node is ts.NamedDeclaration & { readonly name: ts.Identifier } =>
  'name' in node &&
  node.name !== undefined &&
  (ts.isIdentifier(node.name as ts.Node) || ts.isPrivateIdentifier(node.name as ts.Node));

const trees = new Map<string, ts.SourceFile>();

function parsed(path: string): ts.SourceFile {
  const tree = trees.get(path) ?? ts.createSourceFile(path, text(path), ts.ScriptTarget.ES2023, true);
  trees.set(path, tree);
  return tree;
}

/** What `judge` says of the nodes of a file, each with its line; null is nothing. */
function inTree(
  path: string,
  judge: (node: ts.Node, lines: (of: ts.Node) => number) => string | null,
): readonly string[] {
  const found: string[] = [];
  const file = parsed(path);
  const line = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1;
  const lines = (node: ts.Node): number => line(node.end) - line(node.getStart()) + 1;
  const visit = (node: ts.Node): void => {
    const said = judge(node, lines);
    if (said !== null) found.push(`${path}:${line(node.getStart())} ${said}`.trim());
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
