/**
 * Holds the browser client's built files to their budget: the brotli sizes of each group of clients/web/size-budget.json.
 * A change that needs more raises the number there, in the same change.
 *
 *   npm run build && node scripts/check-bundle-size.ts
 *
 * Ends with status 1 when a group is over its budget, is far below it (the budget is out of date), or has no files.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const SLACK = 0.7;
const web = fileURLToPath(new URL('../clients/web', import.meta.url));

/** One group of files with a budget together. */
interface Budget {
  /** Patterns below clients/web/dist. */
  readonly files: readonly string[];
  readonly maxBytes: number;
}

const budgets = JSON.parse(readFileSync(join(web, 'size-budget.json'), 'utf8')) as Readonly<Record<string, Budget>>;
const complaints: string[] = [];
for (const [name, { files, maxBytes }] of Object.entries(budgets)) {
  const paths = files.flatMap((pattern) => globSync(pattern, { cwd: join(web, 'dist') }));
  const bytes = paths.reduce((sum, path) => sum + brotliCompressSync(readFileSync(join(web, 'dist', path))).length, 0);
  console.log(`${name}: ${bytes} of ${maxBytes} bytes in ${paths.length} files`);
  if (paths.length < files.length) complaints.push(`${name}: a file is missing; run "npm run build" first`);
  else if (bytes > maxBytes) complaints.push(`${name} is ${bytes - maxBytes} bytes over its budget`);
  else if (bytes < maxBytes * SLACK) complaints.push(`${name} is far below its budget: lower it to about ${bytes}`);
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;
