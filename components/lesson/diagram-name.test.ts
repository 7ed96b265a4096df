import { describe, expect, it } from 'vitest';
import { diagramName } from './diagram-name.ts';

describe('diagramName', () => {
  it('is the name and the words that the source gives', () => {
    const source = 'flowchart LR\n  accTitle: How a request travels\n  accDescr: From the browser to web.\n  a --> b';
    expect(diagramName(source)).toEqual({ title: 'How a request travels', description: 'From the browser to web.' });
  });

  it('reads a description over several lines', () => {
    const source = 'graph TD\n  accDescr {\n    First this,\n    then that.\n  }\n  a --> b';
    expect(diagramName(source)).toEqual({ title: 'Flowchart', description: 'First this, then that.' });
  });

  it('is the kind where there is no name, past comments and front matter', () => {
    expect(diagramName('---\ntitle: X\n---\n%% a remark\nsequenceDiagram\n  a->>b: hi').title).toBe('Sequence diagram');
    expect(diagramName('something else').title).toBe('Diagram');
    expect(diagramName('').title).toBe('Diagram');
  });
});
