import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import { BuildLog } from './build-log.ts';

describe('BuildLog', () => {
  const frames: FrameRequestCallback[] = [];
  const drawFrame = () => {
    for (const frame of frames.splice(0)) frame(0);
  };
  beforeEach(() => {
    vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
    vi.stubGlobal('cancelAnimationFrame', () => frames.splice(0));
  });
  afterEach(() => vi.unstubAllGlobals());

  it('shows nothing twice when a reconnection brings the beginning again', () => {
    const log = new BuildLog();
    log.append('b1', 0, 'one\ntwo\n');
    log.append('b1', 0, 'one\ntwo\nthree\n');
    log.append('b1', 4, 'two\n');
    drawFrame();
    expect(log.text()).toBe('one\ntwo\nthree\n');
  });

  it('begins anew with another build', () => {
    const log = new BuildLog();
    log.append('b1', 0, 'old\n');
    log.append('b2', 0, 'new\n');
    drawFrame();
    expect(log.text()).toBe('new\n');
  });

  it('takes out escape sequences and what a carriage return wrote over', () => {
    const log = new BuildLog();
    log.append('b1', 0, '\u001b[31mred\u001b[0m\r\n10%\r100%\n');
    drawFrame();
    expect(log.text()).toBe('red\n100%\n');
  });

  it('understands what is broken off in the middle of a line', () => {
    const log = new BuildLog();
    log.append('b1', 0, 'one\u001b[3');
    drawFrame();
    log.append('b1', 6, '1mtwo\n');
    drawFrame();
    expect(log.text()).toBe('onetwo\n');
  });

  it('tells its listeners once per frame', () => {
    const log = new BuildLog();
    log.follow('b1');
    const listener = vi.fn();
    log.subscribe(listener);
    log.append('b1', 0, 'a');
    log.append('b1', 1, 'b');
    expect(listener).not.toHaveBeenCalled();
    drawFrame();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('keeps whole lines of the end of what is too long', () => {
    const log = new BuildLog();
    const line = `${'x'.repeat(1023)}\n`;
    log.append('b1', 0, line.repeat(limits.buildOutput / 1024 + 10));
    drawFrame();
    expect(log.text().length).toBeLessThanOrEqual(limits.buildOutput);
    expect(log.text().startsWith('x'.repeat(1023))).toBe(true);
  });
});
