declare namespace Cloudflare {
  interface Env {
    LAB: DurableObjectNamespace;
    SHARD: DurableObjectNamespace;
    CATALOG: DurableObjectNamespace;
    PUBLISHING_SHARD: DurableObjectNamespace;
    PUBLISHING_CATALOG: DurableObjectNamespace;
    ARCHIVING_SHARD: DurableObjectNamespace;
    STAMPS: KVNamespace;
    ARCHIVE: R2Bucket;
    SHOP_SHARD: DurableObjectNamespace;
    SHOP_CATALOG: DurableObjectNamespace;
    CROSS_SHARD_SHARD: DurableObjectNamespace;
    CROSS_SHARD_CATALOG: DurableObjectNamespace;
    ACCESS_SHARD: DurableObjectNamespace;
    ACCESS_CATALOG: DurableObjectNamespace;
    ALLTYPES_SHARD: DurableObjectNamespace;
    ALLTYPES_CATALOG: DurableObjectNamespace;
    PROJECTS_SHARD: DurableObjectNamespace;
    PROJECTS_CATALOG: DurableObjectNamespace;
    WIDE_SHARD: DurableObjectNamespace;
    WIDE_CATALOG: DurableObjectNamespace;
    VALUES_SHARD: DurableObjectNamespace;
    VALUES_CATALOG: DurableObjectNamespace;
    RATE_LIMITER: DurableObjectNamespace;
    RATE_LIMIT_ADDRESS: RateLimit;
  }
}

/** A file's text, by Vite. */
declare module '*?raw' {
  const text: string;
  export default text;
}
