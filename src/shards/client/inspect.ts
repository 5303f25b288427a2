import type { InspectionAnswers, InspectionQuestion } from '../inspection.ts';
import { PROTOCOL } from '../protocol/envelope.ts';
import type { ShardConnection } from './connection.ts';
import { askShard } from './routing/ask-shards.ts';

/** Asks a shard what is in its log and its books. */
export async function inspect<Question extends InspectionQuestion>(
  connection: ShardConnection,
  shard: string,
  question: Question,
): Promise<InspectionAnswers[Question['part']]> {
  const { answer } = await askShard(connection, shard, (stub) => stub.inspect({ protocol: PROTOCOL, question }));
  // A shard answers what it is asked.
  return answer as InspectionAnswers[Question['part']];
}
