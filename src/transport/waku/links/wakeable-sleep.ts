/** A sleep that can be cut short; waking an alarm that nobody waits for makes the next sleep return at once. */
export class WakeableSleep {
  private pending = false;
  private finish: (() => void) | undefined;

  async sleep(ms: number): Promise<void> {
    if (this.pending) {
      this.pending = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.finish = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.finish = undefined;
  }

  wake(): void {
    if (this.finish === undefined) {
      this.pending = true;
    } else {
      this.finish();
    }
  }
}
