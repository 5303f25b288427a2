declare namespace Cloudflare {
  interface Env {
    LAB: DurableObjectNamespace;
    SHARD: DurableObjectNamespace;
    CATALOG: DurableObjectNamespace;
  }
}
