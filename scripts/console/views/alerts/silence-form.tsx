import { useState } from 'preact/hooks';
import { operatorCall } from '../../calls/call.ts';
import { SILENCE_ALERTS } from '../../operations/alerts.ts';
import { ActionButton } from '../../parts/action.tsx';
import { Choice, TextField } from '../../parts/field.tsx';

const MINUTES = [
  ['60', 'for 1 hour'],
  ['480', 'for 8 hours'],
  ['1440', 'for a day'],
  ['10080', 'for a week'],
] as const;

type Minutes = (typeof MINUTES)[number][0];

interface Props {
  /** Given for one alert; else they are asked for. */
  readonly rule?: string;
  readonly subject?: string;
  readonly onDone: () => void;
}

export function SilenceForm({ rule: givenRule, subject: givenSubject, onDone }: Props) {
  const [rule, setRule] = useState(givenRule ?? '');
  const [subject, setSubject] = useState(givenSubject ?? '');
  const [minutes, setMinutes] = useState<Minutes>('60');
  const [reason, setReason] = useState('');
  const orNull = (text: string) => (text.trim() === '' ? null : text.trim());
  const variables = { rule: orNull(rule), subject: orNull(subject), minutes: Number(minutes), reason: orNull(reason) };
  return (
    <details>
      <summary>Silence{givenRule ? ` ${givenRule}` : ' alerts'}</summary>
      <div class="fields">
        {givenRule === undefined && (
          <TextField label="Rule" value={rule} onText={setRule} about="Such as capacity. Empty: any." />
        )}
        {givenSubject === undefined && (
          <TextField
            label="Subject"
            value={subject}
            onText={setSubject}
            about="A shard or a table. Empty: any, of a rule."
          />
        )}
        <Choice label="How long" value={minutes} choices={MINUTES} onChoice={setMinutes} />
        <TextField label="Reason" value={reason} onText={setReason} />
        <ActionButton
          label="Silence"
          isDisabled={variables.rule === null && variables.subject === null}
          call={operatorCall(SILENCE_ALERTS, variables)}
          told={() => 'Silenced: nobody is notified of these alerts until then.'}
          onDone={onDone}
        />
      </div>
    </details>
  );
}
