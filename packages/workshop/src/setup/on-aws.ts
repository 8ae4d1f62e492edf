import { existsSync, readFileSync } from 'node:fs';
import { isStudio, metadataFile } from './is-studio.mjs';

/** Whether this is a machine of AWS's, where asking the instance for credentials is quick. */
export function isOnAws(env: NodeJS.ProcessEnv): boolean {
  return isStudio(env) || existsSync(metadataFile) || isEc2();
}

function isEc2(): boolean {
  return /^i-/.test(boardTag());
}

function boardTag(): string {
  try {
    return readFileSync('/sys/devices/virtual/dmi/id/board_asset_tag', 'utf8');
  } catch {
    return '';
  }
}
