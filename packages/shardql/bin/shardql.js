#!/usr/bin/env node
// Plain JavaScript for any Node: an older one must get as far as the line that says so.
var required = [22, 18];
var found = process.versions.node.split('.').map(Number);
if (found[0] < required[0] || (found[0] === required[0] && found[1] < required[1])) {
  console.error(
    'Expected Node ' +
      required.join('.') +
      ' or newer, but got ' +
      process.versions.node +
      '. Install it from https://nodejs.org.',
  );
  process.exitCode = 2;
} else {
  import('../scripts/shardql.js');
}
