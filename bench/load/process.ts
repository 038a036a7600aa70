import 'reflect-metadata';
import { startApplication, type Role } from './application';

/** One process of the load: `process.js <web|worker|all> <database url>`. */
async function main([role, url = '']: string[]): Promise<void> {
  process.send?.({ port: await startApplication(role as Role, url) });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
