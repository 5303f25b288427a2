/** The Worker's variable that takes a deployment out of service. */
export interface MaintenanceEnv {
  /**
   * `true`: all requests but those of operators are refused, and shards ask the catalog whether they are being restored before they
   * serve. A deploy sets it, so that each isolate and each object begins with it. Default: false.
   */
  readonly SHARDQL_MAINTENANCE?: string;
}

// A TOML file may have it unquoted.
export const isInMaintenance = ({ SHARDQL_MAINTENANCE: value }: MaintenanceEnv): boolean => String(value) === 'true';
