import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TestingModuleBuilder } from '@nestjs/testing';
import { DashboardFiles } from '../../src/admin';
import { buildDemo } from '../e2e/demo-process';

const BUILT = './dist/admin/dashboard/built-files.js';

/** The files of the page as they are published, by their names. Builds them, unless they are. */
export async function builtFiles(): Promise<Readonly<Record<string, string>>> {
  await buildDemo();
  const { BUILT_FILES } = createRequire(join(process.cwd(), 'package.json'))(BUILT) as {
    BUILT_FILES: Readonly<Record<string, string>>;
  };
  return BUILT_FILES;
}

/** The sources have no page: they are given the built one. */
export function withDashboard(files: Readonly<Record<string, string>>) {
  return (testing: TestingModuleBuilder): TestingModuleBuilder =>
    testing.overrideProvider(DashboardFiles).useValue(new DashboardFiles(files));
}
