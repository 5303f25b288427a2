export interface SessionAnswer {
  readonly session: {
    readonly isSealed: boolean;
    readonly isReadable: boolean;
    readonly epoch: number;
    readonly shards: readonly { readonly name: string; readonly version: string; readonly at: string }[];
    readonly others: string | null;
  };
}

export const SESSION = `query Session($token: String!) {
  session(token: $token) { isSealed isReadable epoch shards { name version at } others }
}`;
