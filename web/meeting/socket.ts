// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The WebSocket to the front, kept open: after a loss it tries again, soon at first, then
// ever more rarely, with a random part so that a restarted server is not stampeded; at once
// when the system says that the network is back.

export interface SocketEvents {
  opened(): void;
  received(message: Uint8Array): void;
  lost(retryInMs: number): void;
}

const firstDelayMs = 250;
const longestDelayMs = 8_000;
const openTimeoutMs = 10_000;

export class Socket {
  private ws: WebSocket | null = null;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private readonly onOnline = (): void => this.retryNow();

  constructor(
    private readonly url: string,
    private readonly events: SocketEvents,
  ) {
    addEventListener("online", this.onOnline);
    this.open();
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(message);
  }

  isOpen(): boolean {
    return this.ws?.readyState === WebSocket.OPEN;
  }

  retryNow(): void {
    if (this.closed || this.ws !== null) return;
    clearTimeout(this.timer);
    this.open();
  }

  // Ends this connection; the usual retry follows.
  drop(): void {
    this.ws?.close();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.onOnline);
    this.ws?.close();
    this.ws = null;
  }

  private open(): void {
    const ws = new WebSocket(this.url, "zegel.1");
    const timeout = setTimeout(() => ws.close(), openTimeoutMs);
    ws.binaryType = "arraybuffer";
    this.ws = ws;
    ws.onopen = () => {
      clearTimeout(timeout);
      this.attempts = 0;
      this.events.opened();
    };
    ws.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer && this.ws === ws) this.events.received(new Uint8Array(data));
    };
    ws.onclose = () => {
      clearTimeout(timeout);
      if (this.ws === ws) this.ws = null;
      if (!this.closed) this.retryLater();
    };
  }

  private retryLater(): void {
    const delay = Math.min(firstDelayMs * 2 ** this.attempts, longestDelayMs);
    const jittered = delay * (0.75 + Math.random() / 2);
    this.attempts++;
    this.timer = setTimeout(() => this.open(), jittered);
    this.events.lost(jittered);
  }
}
