/** One HTTP response: its status and its body, transfer encoding removed. The body is only valid during the call. */
export type OnResponse = (status: number, body: Buffer) => void;

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const NOTHING = Buffer.alloc(0);

interface Head {
  readonly status: number;
  /** Null: the body comes in chunks. */
  readonly contentLength: number | null;
  readonly bodyStart: number;
}

/**
 * Splits what a keep-alive connection sends into HTTP/1.1 responses. It knows only what a server under test does:
 * `content-length` or chunks, no trailers, no upgrades. Throws on anything else, so a wrong answer cannot pass for one.
 */
export class ResponseReader {
  #pending: Buffer = NOTHING;
  readonly #onResponse: OnResponse;

  constructor(onResponse: OnResponse) {
    this.#onResponse = onResponse;
  }

  read(chunk: Buffer): void {
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (let end = this.#takeResponse(bytes); end > 0; end = this.#takeResponse(bytes)) bytes = bytes.subarray(end);
    this.#pending = bytes;
  }

  /** Where the first response of `bytes` ends; 0 if it is not complete yet. */
  #takeResponse(bytes: Buffer): number {
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd < 0) return 0;
    const head = parseHead(bytes, headEnd);
    if (head.contentLength === null) return this.#takeChunked(bytes, head);
    const end = head.bodyStart + head.contentLength;
    if (bytes.length < end) return 0;
    this.#onResponse(head.status, bytes.subarray(head.bodyStart, end));
    return end;
  }

  #takeChunked(bytes: Buffer, head: Head): number {
    const parts: Buffer[] = [];
    let at = head.bodyStart;
    while (true) {
      const lineEnd = bytes.indexOf(LINE_END, at);
      if (lineEnd < 0) return 0;
      const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
      if (Number.isNaN(size)) throw new Error('Expected the size of a chunk, but got other text.');
      const start = lineEnd + LINE_END.length;
      at = start + size + LINE_END.length;
      if (bytes.length < at) return 0;
      if (size === 0) break;
      parts.push(bytes.subarray(start, start + size));
    }
    this.#onResponse(head.status, parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    return at;
  }
}

function parseHead(bytes: Buffer, headEnd: number): Head {
  const text = bytes.toString('latin1', 0, headEnd + LINE_END.length);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text);
  if (!status) throw new Error(`Expected an HTTP/1.1 response, but got ${JSON.stringify(text.slice(0, 80))}.`);
  const bodyStart = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(text);
  if (length) return { status: Number(status[1]), contentLength: Number(length[1]), bodyStart };
  if (/\r\ntransfer-encoding: *chunked\r\n/i.test(text))
    return { status: Number(status[1]), contentLength: null, bodyStart };
  throw new Error('Expected a content-length or a chunked body, but got neither.');
}
