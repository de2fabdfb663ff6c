// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Two kinds of member with the same methods: Ours drives a process of peer.c, Theirs is
// the library ts-mls. All messages are Uint8Array, as on the wire.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import * as mls from "ts-mls";
import { createGroupInfoWithRatchetTree } from "ts-mls/createCommit.js";

const hex = (bytes) => (bytes && bytes.length ? Buffer.from(bytes).toString("hex") : "-");
const unhex = (word) => new Uint8Array(word === "-" ? [] : Buffer.from(word, "hex"));
const text = (word) => new TextEncoder().encode(word);

export class Ours {
  kind = "ours";

  static async make(program, suite, name) {
    const one = new Ours();
    one.name = name;
    one.process = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    one.lines = createInterface({ input: one.process.stdout })[Symbol.asyncIterator]();
    await one.ask("new", String(suite), hex(text(name)));
    return one;
  }

  async ask(...words) {
    this.process.stdin.write(words.join(" ") + "\n");
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name}: the peer has ended on ${words[0]}`);
    const answer = value.split(" ");
    if (answer[0] !== "ok") throw new Error(`${this.name}: ${words[0]}: ${value}`);
    return answer.slice(1);
  }

  async psk(id, secret) {
    await this.ask("psk", hex(id), hex(secret));
  }

  async keyPackage() {
    return unhex((await this.ask("keypackage"))[0]);
  }

  async create(groupId) {
    await this.ask("create", hex(groupId));
  }

  async join(welcome) {
    await this.ask("join", hex(welcome), "-");
  }

  async commit({ adds = [], removes = [], psks = [], isPublic = false } = {}) {
    const [message, welcome] = await this.ask(
      "commit",
      "tree",
      ...adds.map((m) => "add=" + hex(m)),
      ...removes.map((leaf) => "remove=" + leaf),
      ...psks.map((id) => "psk=" + hex(id)),
      ...(isPublic ? ["public"] : []),
    );
    return { message: unhex(message), welcome: unhex(welcome) };
  }

  async apply() {
    await this.ask("apply");
  }

  async drop() {
    await this.ask("drop");
  }

  async propose(what) {
    if (what.add) return unhex((await this.ask("propose-add", hex(what.add)))[0]);
    if (what.remove !== undefined)
      return unhex((await this.ask("propose-remove", String(what.remove)))[0]);
    return unhex((await this.ask("update"))[0]);
  }

  async input(message) {
    const [kind, , data] = await this.ask("input", hex(message));
    return { kind, data: unhex(data) };
  }

  async seal(data) {
    return unhex((await this.ask("seal", hex(data)))[0]);
  }

  async groupInfo() {
    return unhex((await this.ask("groupinfo"))[0]);
  }

  async external(groupInfo, resync) {
    return unhex((await this.ask("external", hex(groupInfo), resync ? "resync" : "new"))[0]);
  }

  async export(label, context, n) {
    return (await this.ask("export", hex(text(label)), hex(context), String(n)))[0];
  }

  async state() {
    const [epoch, authenticator, leaf, members] = await this.ask("state");
    return { epoch: BigInt(epoch), authenticator, leaf: Number(leaf), members: Number(members) };
  }

  close() {
    this.process.stdin.end();
  }
}

const names = {
  1: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
  2: "MLS_128_DHKEMP256_AES128GCM_SHA256_P256",
  3: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
  5: "MLS_256_DHKEMP521_AES256GCM_SHA512_P521",
  7: "MLS_256_DHKEMP384_AES256GCM_SHA384_P384",
};

const curves = { 2: p256, 5: p521, 7: p384 };

// RFC 9420 5.1.1: public keys of ECDSA are uncompressed points; ts-mls 1.6.4 makes compressed ones.
async function wholeKeys(impl, curve) {
  const keys = await impl.signature.keygen();
  if (curve !== undefined) keys.publicKey = curve.getPublicKey(keys.signKey, false);
  return keys;
}

const version = "mls10";
const wrap = (wireformat, key, value) =>
  mls.encodeMlsMessage({ version, wireformat, [key]: value });
const unwrap = (bytes, wireformat) => {
  const decoded = mls.decodeMlsMessage(bytes, 0);
  if (!decoded || decoded[1] !== bytes.length) throw new Error("not an MLSMessage");
  if (wireformat && decoded[0].wireformat !== wireformat) throw new Error("not a " + wireformat);
  return decoded[0];
};

// RFC 9420 12.4.3.2: the extension external_pub holds an HPKEPublicKey, that is opaque<V>,
// with its length in front; ts-mls 1.6.4 writes and expects the bare key. It is helped here
// to what the RFC says, so that external commits can be tested at all.
const keyLengths = [32, 65, 97, 133];
const withLength = (key) =>
  new Uint8Array(key.length < 64 ? [key.length, ...key] : [0x40 | (key.length >> 8), key.length & 255, ...key]);
function withoutLength(key) {
  const prefix = key.length > 64 ? 2 : 1;
  return keyLengths.includes(key.length) ? key : key.slice(prefix);
}

export class Theirs {
  kind = "theirs";
  psks = {};

  static async make(suite, name) {
    const one = new Theirs();
    const impl = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(names[suite]));
    one.name = name;
    one.cipherSuite = { ...impl, hpke: { ...impl.hpke } };
    one.cipherSuite.hpke.importPublicKey = (key) => impl.hpke.importPublicKey(withoutLength(key));
    one.cipherSuite.signature = { ...impl.signature, keygen: () => wholeKeys(impl, curves[suite]) };
    one.credential = { credentialType: "basic", identity: text(name) };
    return one;
  }

  index() {
    return mls.makePskIndex(this.group, this.psks);
  }

  async psk(id, secret) {
    this.psks[mls.bytesToBase64(id)] = secret;
  }

  async keyPackage() {
    this.keys = await mls.generateKeyPackage(
      this.credential,
      mls.defaultCapabilities(),
      mls.defaultLifetime,
      [],
      this.cipherSuite,
    );
    return wrap("mls_key_package", "keyPackage", this.keys.publicPackage);
  }

  async create(groupId) {
    await this.keyPackage();
    const { publicPackage, privatePackage } = this.keys;
    this.group = await mls.createGroup(groupId, publicPackage, privatePackage, [], this.cipherSuite);
  }

  async join(welcome) {
    const { publicPackage, privatePackage } = this.keys;
    this.group = await mls.joinGroup(
      unwrap(welcome, "mls_welcome").welcome,
      publicPackage,
      privatePackage,
      this.index(),
      this.cipherSuite,
    );
  }

  async commit({ adds = [], removes = [], psks = [], isPublic = false } = {}) {
    const nonce = () => crypto.getRandomValues(new Uint8Array(this.cipherSuite.kdf.size));
    const extraProposals = [
      ...adds.map((m) => ({
        proposalType: "add",
        add: { keyPackage: unwrap(m, "mls_key_package").keyPackage },
      })),
      ...removes.map((removed) => ({ proposalType: "remove", remove: { removed } })),
      ...psks.map((pskId) => ({
        proposalType: "psk",
        psk: { preSharedKeyId: { psktype: "external", pskId, pskNonce: nonce() } },
      })),
    ];
    const context = { state: this.group, cipherSuite: this.cipherSuite, pskIndex: this.index() };
    const made = await mls.createCommit(context, {
      extraProposals,
      wireAsPublicMessage: isPublic,
      ratchetTreeExtension: true,
    });
    this.pending = made.newState;
    return {
      message: mls.encodeMlsMessage(made.commit),
      welcome: made.welcome ? wrap("mls_welcome", "welcome", made.welcome) : new Uint8Array(),
    };
  }

  async apply() {
    this.group = this.pending;
  }

  async drop() {
    this.pending = undefined;
  }

  async propose(what) {
    let proposal;
    if (what.add)
      proposal = {
        proposalType: "add",
        add: { keyPackage: unwrap(what.add, "mls_key_package").keyPackage },
      };
    else if (what.remove !== undefined)
      proposal = { proposalType: "remove", remove: { removed: what.remove } };
    else throw new Error("ts-mls makes no updates");
    const made = await mls.createProposal(this.group, false, proposal, this.cipherSuite);
    this.group = made.newState;
    return mls.encodeMlsMessage(made.message);
  }

  async input(message) {
    const read = unwrap(message);
    // Not processMessage(): for a private message it forgets the PSKs.
    const result = read.privateMessage
      ? await mls.processPrivateMessage(this.group, read.privateMessage, this.index(), this.cipherSuite)
      : await mls.processPublicMessage(this.group, read.publicMessage, this.index(), this.cipherSuite);
    const before = this.group.groupContext.epoch;
    this.group = result.newState;
    if (result.kind === "applicationMessage")
      return { kind: "application", data: result.message };
    if (this.group.groupActiveState.kind === "removedFromGroup") return { kind: "removed" };
    return { kind: this.group.groupContext.epoch === before ? "proposal" : "commit" };
  }

  async seal(data) {
    const made = await mls.createApplicationMessage(this.group, data, this.cipherSuite);
    this.group = made.newState;
    return wrap("mls_private_message", "privateMessage", made.privateMessage);
  }

  async groupInfo() {
    // Not createGroupInfoWithExternalPub(): see withoutLength() below.
    const { groupContext, confirmationTag, keySchedule, ratchetTree } = this.group;
    const { hpke } = this.cipherSuite;
    const pair = await hpke.deriveKeyPair(keySchedule.externalSecret);
    const pub = await hpke.exportPublicKey(pair.publicKey);
    const extension = { extensionType: "external_pub", extensionData: withLength(pub) };
    const info = await createGroupInfoWithRatchetTree(
      groupContext, confirmationTag, this.group, ratchetTree, [extension], this.cipherSuite,
    );
    return wrap("mls_group_info", "groupInfo", info);
  }

  async external(groupInfo, resync) {
    if (!resync) await this.keyPackage();
    const { publicPackage, privatePackage } = this.keys;
    const made = await mls.joinGroupExternal(
      unwrap(groupInfo, "mls_group_info").groupInfo,
      publicPackage,
      privatePackage,
      resync,
      this.cipherSuite,
    );
    this.pending = made.newState;
    return wrap("mls_public_message", "publicMessage", made.publicMessage);
  }

  async export(label, context, n) {
    const secret = this.group.keySchedule.exporterSecret;
    return hex(await mls.mlsExporter(secret, label, context, n, this.cipherSuite));
  }

  async state() {
    const leaves = this.group.ratchetTree.filter((node) => node && node.nodeType === "leaf");
    return {
      epoch: this.group.groupContext.epoch,
      authenticator: hex(this.group.keySchedule.epochAuthenticator),
      leaf: this.group.privatePath.leafIndex,
      members: leaves.length,
    };
  }

  close() {}
}
