/** A command under test: answers with a file of the disk that is made for the run, read again for each request. */
import { closeSync, fsyncSync, openSync, readSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [port = '', folder = process.env['HAVOCK8S_DISK_WWW'] ?? ''] = process.argv.slice(2);
const page = join(folder, 'page');
const written = openSync(page, 'w');
writeFileSync(written, 'hello');
fsyncSync(written);
closeSync(written);

createServer((_, response) => {
  try {
    const fd = openSync(page, 'r');
    const bytes = Buffer.alloc(64);
    const length = readSync(fd, bytes);
    closeSync(fd);
    response.end(bytes.subarray(0, length));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
}).listen(Number(port), '127.0.0.1');
