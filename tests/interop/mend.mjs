// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Mends, in the installed copy of ts-mls 1.6.4, two faults that would keep every longer
// history from being compared. Run once after `npm ci`; a second run changes nothing.

import { readFileSync, writeFileSync } from "node:fs";

const mends = [
  {
    // RFC 9420 12.4.3.1: the nodes between an unmerged leaf and the parent node that
    // lists it must list it too; the lists need not be equal, nor those above.
    file: "clientState.js",
    from: "if (!arraysEqual(dpNode.parent.unmergedLeaves, n.parent.unmergedLeaves))",
    to: "if (isAncestor(parentIdx, toNodeIndex(i), tree.length) && !dpNode.parent.unmergedLeaves.includes(unmergedLeaf))",
    needs: `import { isAncestor } from "./treemath.js";`,
  },
  {
    // RFC 9420 7.1: unmerged_leaves is sorted.
    file: "ratchetTree.js",
    from: "[...parentNode.parent.unmergedLeaves, insertedLeafIndex]",
    to: "[...parentNode.parent.unmergedLeaves, insertedLeafIndex].sort((a, b) => a - b)",
  },
];

for (const { file, from, to, needs } of mends) {
  const path = new URL(`node_modules/ts-mls/dist/src/${file}`, import.meta.url);
  const source = readFileSync(path, "utf8");
  if (source.includes(to)) continue;
  if (!source.includes(from)) throw new Error(`${file} is not what it was`);
  const imports = needs && !/\bisAncestor\b.*treemath/.test(source) ? needs + "\n" : "";
  writeFileSync(path, imports + source.replace(from, to));
}
