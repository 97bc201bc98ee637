/** FakePage: a live page without a browser: viewers come with a focus, and keep the last picture of each topic. */
import type { Focus, LivePage, Reply, Told, Viewer, Visits } from '../../src/ports/live-page.js';

export class FakePage implements LivePage {
  visits: Visits | undefined;
  open = (visits: Visits): ReturnType<LivePage['open']> => {
    this.visits = visits;
    return Promise.resolve({ url: 'http://here/', close: () => { this.visits = undefined; } });
  };

  /** `decisions` are gathered, the other topics replaced; `count` says how often each was told. */
  come(focus: Focus = {}): { readonly told: { -readonly [T in keyof Told]?: Told[T] }; readonly count: Map<string, number>; leave(): void } {
    const told: { -readonly [T in keyof Told]?: Told[T] } = {};
    const count = new Map<string, number>();
    const viewer: Viewer = {
      focus,
      tell(topic, json) {
        count.set(topic, (count.get(topic) ?? 0) + 1);
        const picture = JSON.parse(json);
        Object.assign(told, { [topic]: topic === 'decisions' ? [...told.decisions ?? [], ...picture] : picture });
      },
    };
    this.visits!.came(viewer);
    return { told, count, leave: () => this.visits!.left(viewer) };
  }

  say(line: string): Promise<Reply> {
    return new Promise((resolve) => this.visits!.said(line, resolve));
  }

  give(torrentFile: Uint8Array): Promise<Reply> {
    return new Promise((resolve) => this.visits!.gave(torrentFile, resolve));
  }
}
