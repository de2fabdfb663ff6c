// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { FromWorker, ToWorker } from "../sealed/messages.js";

// Starts the sealed worker. The page's one Trusted Types policy lets exactly this script
// become a worker, and nothing become anything else.

const script = "/worker.js";
const startTimeoutMs = 15_000;

interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface TrustedTypesWindow {
  trustedTypes?: { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy };
}

function onlyTheWorker(url: string): string {
  if (url !== script) throw new TypeError("not the sealed worker");
  return url;
}

const rules: ScriptPolicy = { createScriptURL: onlyTheWorker };
const policy = (globalThis as TrustedTypesWindow).trustedTypes?.createPolicy("zegel", rules) ?? rules;

// Resolves when the worker holds the module and waits for orders.
export function startSealedWorker(): Promise<Worker> {
  const worker = new Worker(policy.createScriptURL(script), { name: "sealed" });
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => fail("no answer"), startTimeoutMs);
    const fail = (why: string): void => {
      clearTimeout(timeout);
      worker.terminate();
      reject(new Error(`sealed worker: ${why}`));
    };
    worker.onerror = (e) => fail(e.message || "did not load");
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "failed") return fail(data.reason);
      if (data.type !== "ready") return;
      clearTimeout(timeout);
      worker.onerror = null;
      worker.onmessage = null;
      resolve(worker);
    };
  });
}

// Asks the worker for one answer of one type.
export function ask<T extends FromWorker["type"]>(
  worker: Worker,
  question: ToWorker,
  type: T,
): Promise<Extract<FromWorker, { type: T }>> {
  return new Promise((resolve) => {
    const heard = ({ data }: MessageEvent<FromWorker>): void => {
      if (data.type !== type) return;
      worker.removeEventListener("message", heard);
      resolve(data as Extract<FromWorker, { type: T }>);
    };
    worker.addEventListener("message", heard);
    worker.postMessage(question);
  });
}
