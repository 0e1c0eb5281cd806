/** Code on its way to the Tensors workspace: from a link, or from the inspector of a run. It waits to be taken. */

export interface Letter {
  code: string;
  /** In place of the program, or behind its last line. */
  how: "replace" | "append";
}

class Inbox {
  letter = $state.raw<Letter | null>(null);

  send(letter: Letter): void {
    this.letter = letter;
  }

  take(): Letter | null {
    const { letter } = this;
    this.letter = null;
    return letter;
  }
}

export const inbox = new Inbox();
