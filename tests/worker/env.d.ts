declare namespace Cloudflare {
  interface Env {
    LAB: DurableObjectNamespace;
  }
}
