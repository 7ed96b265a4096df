/** Whatever opens something returns one of these; the owner registers it the moment it is made. */
export interface Disposable {
  dispose(): void;
}

/** Collects disposables and releases them in reverse order. Disposing twice does nothing the second time. */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.add(item);
    return item;
  }

  addCallback(dispose: () => void): Disposable {
    return this.add({ dispose });
  }

  delete(item: Disposable): void {
    this.#items.delete(item);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const items = [...this.#items].reverse();
    this.#items.clear();
    for (const item of items) item.dispose();
  }
}
