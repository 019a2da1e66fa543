import type { Route } from "../grpc";

/** Routes that are loaded while the host already connects: calls that come early wait for them. */
export class LateRoutes {
  private routes: ReadonlyMap<string, Route> | undefined;
  private readonly loaded: Promise<ReadonlyMap<string, Route>>;
  private begin!: () => void;

  constructor(
    private readonly early: readonly Route[],
    load: () => Promise<readonly Route[]>,
  ) {
    const begun = new Promise<void>((resolve) => {
      this.begin = resolve;
    });
    this.loaded = begun.then(load).then((routes) => this.keep(routes));
  }

  /** Begins to load; rejects when that fails. */
  async load(): Promise<void> {
    this.begin();
    await this.loaded;
  }

  find(path: string): Route | undefined | Promise<Route | undefined> {
    if (this.routes !== undefined) return this.routes.get(path);
    return this.early.find((route) => route.path === path) ?? this.loaded.then((routes) => routes.get(path));
  }

  private keep(routes: readonly Route[]): ReadonlyMap<string, Route> {
    this.routes = new Map([...this.early, ...routes].map((route) => [route.path, route]));
    return this.routes;
  }
}
