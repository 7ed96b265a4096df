// check-integrity.mjs FILE INTEGRITY: ends with 1 unless the file has that hash (`sha512-BASE64`).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file, integrity] = process.argv.slice(2);
const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
if (found !== integrity) {
  console.error(`${file} is not what it should be: its hash is ${found} and not ${integrity}.`);
  process.exit(1);
}
