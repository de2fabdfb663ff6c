// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Groups in which members of sealed/mls/ and of the independent ts-mls sit side by side:
//
//	node interop.mjs PEER [SUITE...]
//
// PEER is the program built from peer.c. After every commit all members must be in the
// same epoch with the same authenticator, which covers tree, transcript and secrets.

import { Ours, Theirs } from "./members.mjs";

const [program, ...wanted] = process.argv.slice(2);
const suites = wanted.length ? wanted.map(Number) : [1, 2, 3, 5, 7];
const text = (word) => new TextEncoder().encode(word);
const seed = Number(process.env.ZEGEL_SEED ?? 1);
const random = ((state) => (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
})(seed);

let passed = 0;
const failed = [];

function must(holds, what) {
  if (!holds) throw new Error("not so: " + what);
}

class Room {
  members = [];
  gone = [];
  all = [];
  next = 0;

  constructor(suite) {
    this.suite = suite;
  }

  async person(kind) {
    const name = `${kind}${this.next++}`;
    const one =
      kind === "ours"
        ? await Ours.make(program, this.suite, name)
        : await Theirs.make(this.suite, name);
    this.all.push(one);
    return one;
  }

  async start(kind) {
    const one = await this.person(kind);
    await one.create(text("interop"));
    this.members = [one];
    return one;
  }

  async agree() {
    const states = await Promise.all(this.members.map((m) => m.state()));
    for (const s of states) {
      must(s.epoch === states[0].epoch, "one epoch");
      must(s.authenticator === states[0].authenticator, "one authenticator");
      must(s.members === this.members.length, "as many leaves as members");
    }
    const secrets = await Promise.all(this.members.map((m) => m.export("zegel", text("x"), 32)));
    must(new Set(secrets).size === 1, "one exported secret");
  }

  // The committer's commit, taken by all; people of `joining` join by its Welcome.
  async commit(committer, { joining = [], leaving = [], psks = [], isPublic = false } = {}) {
    const adds = [];
    for (const one of joining) adds.push(await one.keyPackage());
    const removes = [];
    for (const one of leaving) removes.push((await one.state()).leaf);
    const made = await committer.commit({ adds, removes, psks, isPublic });
    for (const one of this.members) {
      if (one === committer) await one.apply();
      else {
        const got = await this.heard(one, made.message, leaving);
        must(got.kind === (leaving.includes(one) ? "removed" : "commit"), `${one.name} got ${got.kind}`);
      }
    }
    this.members = this.members.filter((one) => !leaving.includes(one));
    this.gone.push(...leaving);
    for (const one of joining) {
      await one.join(made.welcome);
      this.members.push(one);
    }
    await this.agree();
  }

  // ts-mls 1.6.4 does not notice its removal where the same commit gives its leaf to
  // somebody else; it then fails to open the path. That counts as out.
  async heard(one, message, leaving) {
    if (one.kind === "ours" || !leaving.includes(one)) return one.input(message);
    return one.input(message).catch(() => ({ kind: "removed" }));
  }

  async propose(proposer, what) {
    const message = await proposer.propose(what);
    for (const one of this.members)
      if (one !== proposer) must((await one.input(message)).kind === "proposal", "a proposal");
  }

  async talk() {
    for (const from of this.members) {
      const said = text(`${from.name} says ${random(1e9)}`);
      const message = await from.seal(said);
      for (const to of this.members) {
        if (to === from) continue;
        const got = await to.input(message);
        must(got.kind === "application", "an application message");
        must(Buffer.compare(Buffer.from(got.data), Buffer.from(said)) === 0, "what was said");
      }
      for (const one of this.gone)
        must(await one.input(message).then(() => false, () => true), `${one.name} is out and opens nothing`);
    }
  }

  async external(one, resync) {
    const from = this.members.find((m) => m !== one);
    const message = await one.external(await from.groupInfo(), resync);
    for (const m of this.members)
      if (m !== one) must((await m.input(message)).kind === "commit", "an external commit");
    await one.apply();
    if (!resync) this.members.push(one);
    await this.agree();
  }

  close() {
    for (const one of this.all) one.close();
  }
}

const other = (kind) => (kind === "ours" ? "theirs" : "ours");

const scenarios = {
  // Whoever creates the group, whoever joins, everybody commits.
  async "creates, adds, speaks, updates, removes"(room, kind) {
    const creator = await room.start(kind);
    const first = await room.person(other(kind));
    await room.commit(creator, { joining: [first] });
    await room.talk();
    await room.commit(first);
    await room.commit(creator, { isPublic: true });
    const more = [await room.person("ours"), await room.person("theirs"), await room.person("ours")];
    await room.commit(first, { joining: more });
    await room.talk();
    for (const one of [...room.members]) await room.commit(one, { isPublic: one === first });
    await room.commit(more[1], { leaving: [creator, more[0]] });
    await room.talk();
    await room.commit(more[2], { joining: [await room.person(kind)], leaving: [more[1]] });
    await room.talk();
  },

  async "proposals by reference"(room, kind) {
    const creator = await room.start(kind);
    const three = [await room.person("ours"), await room.person("theirs"), await room.person("ours")];
    await room.commit(creator, { joining: three });
    const updater = room.members.find((m) => m.kind === "ours" && m !== three[1]);
    await room.propose(updater, {});
    await room.commit(three[1]);
    await room.talk();
    const out = three[2];
    await room.propose(three[1], { remove: (await out.state()).leaf });
    const committer = three[0] === updater ? three[0] : creator;
    const made = await committer.commit();
    for (const one of room.members)
      if (one === committer) await one.apply();
      else await one.input(made.message);
    room.members = room.members.filter((m) => m !== out);
    await room.agree();
    await room.talk();
  },

  async "external PSKs"(room, kind) {
    const creator = await room.start(kind);
    const joiner = await room.person(other(kind));
    const id = text("psk id"), secret = text("a secret of the meeting, 32 bytes");
    await creator.psk(id, secret);
    await joiner.psk(id, secret);
    await room.commit(creator, { joining: [joiner], psks: [id] });
    await room.commit(joiner, { psks: [id] });
    await room.talk();
  },

  async "external commits and resynchronisation"(room, kind) {
    const creator = await room.start(kind);
    await room.commit(creator, { joining: [await room.person(other(kind))] });
    const ours = await room.person("ours"), theirs = await room.person("theirs");
    await room.external(ours, false);
    await room.talk();
    await room.external(theirs, false);
    await room.talk();
    await room.commit(theirs);
    await room.external(ours, true);
    await room.talk();
    for (const one of [...room.members]) await room.commit(one);
  },

  async "a lost race"(room, kind) {
    const creator = await room.start(kind);
    const joiner = await room.person(other(kind));
    await room.commit(creator, { joining: [joiner] });
    const won = await creator.commit(), lost = await joiner.commit();
    must(lost.message.length > 0, "both have committed");
    await joiner.drop();
    await joiner.input(won.message);
    await creator.apply();
    await room.agree();
    await room.commit(joiner);
    await room.talk();
  },
};

async function randomHistory(room, rounds) {
  await room.start("ours");
  await room.commit(room.members[0], { joining: [await room.person("theirs")] });
  for (let i = 0; i < rounds; i++) {
    const committer = room.members[random(room.members.length)];
    const joining = [], leaving = [];
    for (let k = random(3); k > 0 && room.members.length + joining.length < 12; k--)
      joining.push(await room.person(random(2) ? "ours" : "theirs"));
    // The first member stays: with an empty left half ts-mls 1.6.4 derives the commit
    // secret once too often (the root is not on the filtered path then).
    for (const one of room.members.slice(1))
      if (one !== committer && random(6) === 0 && room.members.length - leaving.length > 2)
        leaving.push(one);
    await room.commit(committer, { joining, leaving, isPublic: random(2) === 0 });
    if (i % 5 === 0) await room.talk();
  }
}

async function run(name, suite, body) {
  const room = new Room(suite);
  try {
    await body(room);
    passed++;
    console.log(`ok suite ${suite}: ${name}`);
  } catch (error) {
    failed.push(name);
    console.log(`not ok suite ${suite}: ${name}: ${error.message}`);
    if (process.env.ZEGEL_VERBOSE) console.log(error.stack);
  } finally {
    room.close();
  }
}

for (const suite of suites) {
  for (const [name, body] of Object.entries(scenarios))
    for (const kind of ["ours", "theirs"])
      await run(`${name}, created by ${kind}`, suite, (room) => body(room, kind));
}
if (suites.includes(1))
  await run(`a random history, seed ${seed}`, 1, (room) =>
    randomHistory(room, Number(process.env.ZEGEL_ROUNDS ?? 60)));
console.log(`passed=${passed} failed=${failed.length} skipped=0`);
process.exitCode = failed.length ? 1 : 0;
