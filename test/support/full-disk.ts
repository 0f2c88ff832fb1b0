/** A program on a disk that takes no more: no file may grow. */
import { spawnSync } from 'node:child_process';

/** For tests that need it. */
export const noLimit = process.platform === 'win32' ? 'Windows knows no such limit' : false;

/** @param program an ES module, which runs in `folder`. @returns its complaints. */
export function onFullDisk(folder: string, program: string): string {
  const limited = 'ulimit -f 0; exec "$0" --input-type=module --eval "$1"';
  return spawnSync('sh', ['-c', limited, process.execPath, program], { cwd: folder, encoding: 'utf8' }).stderr;
}
