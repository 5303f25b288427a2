import type { ModelDraft } from '../model-draft.ts';
import type { ReportProblem } from '../model-error.ts';
import type { RelationModel } from '../types.ts';

/** What rules judge: the model as declared, and the relations that could be resolved. */
interface RuleSubject extends ModelDraft {
  readonly relationsByType: ReadonlyMap<string, readonly RelationModel[]>;
}

/** Reports all violations of one rule. Must cope with models that break other rules. */
export type ModelRule = (subject: RuleSubject, report: ReportProblem) => void;
