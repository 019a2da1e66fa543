/** The calls that work right now, and the host's way to stop them all. */
export class RunningCalls {
  private readonly controllers = new Set<AbortController>();

  /** Does the work of one call with a signal of its own, aborted when the host drops the call or stops the provider. */
  async run<Answer>(callSignal: AbortSignal, work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const controller = new AbortController();
    const drop = (): void => controller.abort(callSignal.reason);
    if (callSignal.aborted) drop();
    callSignal.addEventListener("abort", drop);
    this.controllers.add(controller);
    try {
      return await work(controller.signal);
    } finally {
      this.controllers.delete(controller);
      callSignal.removeEventListener("abort", drop);
    }
  }

  /** Aborts what runs. Calls that come later, such as the closing of ephemeral resources, are not touched. */
  stop(): void {
    for (const controller of this.controllers) controller.abort(new Error("Terraform asked the provider to stop"));
  }
}
