/** The rows of one tenant, as they must be. Changes make new ones. */
export interface Note {
  readonly title: string;
  readonly body: string;
  readonly count: number;
}

export class Rows {
  readonly notes: ReadonlyMap<string, Note>;
  /** The note of each mark. */
  readonly marks: ReadonlyMap<string, string>;

  constructor(notes: ReadonlyMap<string, Note> = new Map(), marks: ReadonlyMap<string, string> = new Map()) {
    this.notes = notes;
    this.marks = marks;
  }

  withNotes(notes: Iterable<readonly [id: string, Note]>): Rows {
    return new Rows(new Map([...this.notes, ...notes]), this.marks);
  }

  withMark(id: string, note: string): Rows {
    return new Rows(this.notes, new Map([...this.marks, [id, note]]));
  }

  withoutMark(id: string): Rows {
    return new Rows(this.notes, new Map([...this.marks].filter(([mark]) => mark !== id)));
  }

  /** Their marks go too. */
  withoutNotes(ids: readonly string[]): Rows {
    return new Rows(
      new Map([...this.notes].filter(([id]) => !ids.includes(id))),
      new Map([...this.marks].filter(([, note]) => !ids.includes(note))),
    );
  }

  counted(ids: Iterable<string>): Rows {
    return this.withNotes([...ids].map((id) => [id, { ...this.notes.get(id)!, count: this.notes.get(id)!.count + 1 }]));
  }

  /** Equal texts, equal rows. */
  toText(): string {
    const notes = [...this.notes].map(([id, { title, body, count }]) => [id, title, body, count]);
    return JSON.stringify([notes.sort(byId), [...this.marks].sort(byId)]);
  }
}

const byId = ([a]: readonly unknown[], [b]: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1);
