/** A complete HTTP/1.1 request as bytes: GET without, POST with a JSON body. */
export function httpRequest(path: string, body?: string, token?: string): Buffer {
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  const common = `Host: 127.0.0.1\r\nAccept: application/json\r\n${authorization}`;
  if (body === undefined) return Buffer.from(`GET ${path} HTTP/1.1\r\n${common}\r\n`);
  const head = `${common}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n${body}`);
}
