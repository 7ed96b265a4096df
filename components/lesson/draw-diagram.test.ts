import { describe, expect, it } from 'vitest';
import { withoutTags } from './draw-diagram.ts';

describe('withoutTags', () => {
  it('leaves no tag but line breaks', () => {
    expect(withoutTags('a["<img src=x onerror=go()>"]')).toBe('a["#lt;img src=x onerror=go()>"]');
    expect(withoutTags('a["one<br/>two<BR>three</b>"]')).toBe('a["one<br/>two<BR>three#lt;/b>"]');
    expect(withoutTags('<br onload=x>')).toBe('#lt;br onload=x>');
    expect(withoutTags('a["<<img src=x onerror=go()>>"]')).toBe('a["<#lt;img src=x onerror=go()>>"]');
    expect(withoutTags('<!-- x --><svg>')).toBe('#lt;!-- x -->#lt;svg>');
  });

  it('leaves arrows, comparisons and stereotypes as they are', () => {
    for (const source of ['A <|-- B', 'a <--> b', 'class X <<interface>>', 'x["1 < 2"]', 'a <-.-> b']) {
      expect(withoutTags(source)).toBe(source);
    }
  });
});
