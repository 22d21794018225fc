/** Makes an alert: which figure, which level, which way, how often. */

import { type FormEvent, useState } from 'react';
import { useAddAlertMutation } from '../../stream/apiSlice';
import { ChoiceBox, TextBox } from '../../ui/boxes';
import {
  alertOf,
  CONTRACTS,
  type Draft,
  EMPTY,
  FIGURES,
  HOW_OFTEN,
  nameOf,
  unitOf,
  WAYS,
} from './draft';
import { type Complaints, complaintsOf } from './problem';

/** What the page looks at: what an alert is most likely about. */
export interface AlertContext {
  underlying: string;
  underlyings: readonly string[];
  expiries: readonly string[];
  /** The venue's symbol of the contract that is open; "" for none. */
  contract: string;
}

const OFFERED = FIGURES.map(([name, meaning]) => [name, meaning] as const);

/** Offer these texts, each as it reads. */
function plain(texts: readonly string[]): [string, string][] {
  return [...new Set(texts)].map((text) => [text, text]);
}

export function AlertForm({ context }: { context: AlertContext }) {
  const { draft, complaints, put, send, isSending } = useDraft(context);
  const box = <K extends keyof Draft>(name: K) => ({
    value: draft[name],
    complaint: complaints[name],
    change: (value: Draft[K]) => put({ [name]: value }),
  });
  const isHere = draft.underlying === context.underlying;
  const expiries = isHere ? context.expiries : [];
  const contracts = [...CONTRACTS, ...(isHere && context.contract ? [context.contract] : [])];
  return (
    <form className="alert-form" aria-label="A new alert" onSubmit={send}>
      <ChoiceBox
        label="Underlying"
        {...box('underlying')}
        among={plain([context.underlying, ...context.underlyings])}
        change={(underlying) => put({ underlying, contract: '', expiry: '' })}
      />
      <TextBox
        label="Figure"
        hint="a column or a summary figure"
        {...box('field')}
        offers={OFFERED}
        isRequired
      />
      <TextBox
        label="Contract"
        hint="left out: of the underlying"
        {...box('contract')}
        offers={plain(contracts)}
        placeholder="25d put, or a symbol"
      />
      <ChoiceBox
        label="Expiry"
        {...box('expiry')}
        among={[['', 'nearest, or of all'], ...plain(expiries)]}
      />
      <ChoiceBox label="Crosses" {...box('crosses')} among={WAYS} />
      <TextBox label="Level" hint={unitOf(draft.field)} {...box('level')} isNumber isRequired />
      <ChoiceBox label="Tells" {...box('howOften')} among={HOW_OFTEN} />
      <TextBox
        label="Hysteresis"
        hint="how far back before the next"
        {...box('band')}
        isNumber
        placeholder="0"
      />
      <TextBox
        label="Cooldown"
        hint="seconds after one that was told"
        {...box('cooldown')}
        isNumber
        placeholder="0"
      />
      <TextBox label="Name" {...box('name')} placeholder={nameOf(draft)} />
      <div className="form-end">
        <span className="box-told" role={complaints.form ? 'alert' : undefined}>
          {complaints.form}
        </span>
        <button type="submit" className="tool" disabled={isSending}>
          Watch for it
        </button>
      </div>
    </form>
  );
}

/** Keep what is typed and what was said against it, and send it. */
function useDraft(context: AlertContext) {
  const [add, { isLoading: isSending }] = useAddAlertMutation();
  const [complaints, setComplaints] = useState<Complaints>({});
  const [draft, setDraft] = useState<Draft>({
    ...EMPTY,
    underlying: context.underlying,
    contract: context.contract,
    field: context.contract ? 'iv' : EMPTY.field,
  });
  const put = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setComplaints((before) => without(before, Object.keys(part)));
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await add(alertOf(draft));
    setComplaints(answer.error ? complaintsOf(answer.error) : {});
    if (!answer.error) setDraft((before) => ({ ...before, name: '', level: '' }));
  };
  return { draft, complaints, put, send, isSending };
}

/** What was said against a box is taken back when it is changed. */
function without(complaints: Complaints, boxes: readonly string[]): Complaints {
  return Object.fromEntries(
    Object.entries(complaints).filter(([box]) => box !== 'form' && !boxes.includes(box)),
  );
}
