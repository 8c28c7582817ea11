/**
 * Landlock (landlock(7), Linux 5.13 and later): takes from the calling thread the right to change files, for good. Threads and
 * programs that it starts from then on are bound as well, those that are there already are not. Nothing here asks for
 * privileges, and what the system refuses is left out.
 *
 *     landlock_ruleset_attr: +0 u64 rights that are taken        landlock_path_beneath_attr: +0 u64 rights  +8 i32 descriptor
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { closeFd } from './fd.ts';
import { libc } from './libc.ts';

const CREATE_RULESET = 444;
const ADD_RULE = 445;
const RESTRICT_SELF = 446;
/** landlock_create_ruleset: what the kernel knows. */
const FLAG_VERSION = 1;
const RULE_PATH_BENEATH = 1;
const PR_SET_NO_NEW_PRIVS = 38;
/** open(2): a name for the file, not the file. */
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;

const WRITE_FILE = 1 << 1;
/** Bits 4 to 12: removing and making of anything. */
const CHANGE_FOLDER = 0x1ff0;
const MOVE_AWAY = 1 << 13;
const TRUNCATE = 1 << 14;

/** Which version of it there is; 0: none. */
export function landlockVersion(): number {
  return Math.max(0, libc.createRuleset(CREATE_RULESET, null, 0, FLAG_VERSION));
}

/**
 * Leaves the calling thread what it may change: files and folders, and all in them. Those that are not there are passed over.
 * Descriptors that are open stay as they are. Whether the system granted it.
 */
export function changeOnly(paths: readonly string[]): boolean {
  const version = landlockVersion();
  if (version === 0) return false;
  const ofFile = WRITE_FILE | (version >= 3 ? TRUNCATE : 0);
  const all = ofFile | CHANGE_FOLDER | (version >= 2 ? MOVE_AWAY : 0);
  const ruleset = libc.createRuleset(CREATE_RULESET, new BigUint64Array([BigInt(all)]), 8, 0);
  if (ruleset < 0) return false;
  try {
    for (const path of paths) allow(ruleset, path, all, ofFile);
    return libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) === 0 && libc.restrictSelf(RESTRICT_SELF, ruleset, 0) === 0;
  } finally {
    closeFd(ruleset);
  }
}

function allow(ruleset: number, path: string, all: number, ofFile: number): void {
  let fd: number;
  try {
    fd = openSync(path, O_PATH | O_CLOEXEC);
  } catch {
    return;
  }
  try {
    const rule = new DataView(new ArrayBuffer(12));
    rule.setBigUint64(0, BigInt(fstatSync(fd).isDirectory() ? all : ofFile), true);
    rule.setInt32(8, fd, true);
    libc.addRule(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0);
  } finally {
    closeSync(fd);
  }
}
