const SUMMARY_INTERVAL_MS = 10_000;

/** Logs what passed as one line per interval, and nothing while all is quiet. */
export class TrafficSummary {
  private readonly log: (line: string) => void;
  private readonly timer: NodeJS.Timeout;
  private messages = 0;
  private bytes = 0;
  private pushes = 0;

  constructor(log: (line: string) => void) {
    this.log = log;
    this.timer = setInterval(() => this.flush(), SUMMARY_INTERVAL_MS);
    this.timer.unref();
  }

  count(bytes: number, pushes: number): void {
    this.messages += 1;
    this.bytes += bytes;
    this.pushes += pushes;
  }

  stop(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private flush(): void {
    if (this.messages > 0) {
      this.log(`published ${this.messages} messages, ${this.bytes} bytes, ${this.pushes} pushes to subscribers`);
    }
    this.messages = 0;
    this.bytes = 0;
    this.pushes = 0;
  }
}
