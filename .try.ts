import { parseLesson } from './server/lessons/parse-lesson.ts';
import { renderLesson } from './server/lessons/render-lesson.ts';
import { createHighlight } from './server/lessons/highlight.ts';
const src = `---
title: T
summary: S
minutes: 10
level: beginner
objectives: [a]
variables: {who: {prompt: x, default: "<b>"}}
---

Intro $$who$$ [x](../two/lesson.md#a) [y](https://e.org) [z](javascript:alert(1)) ![p](media/a.png) ![p](javascript:x) <http://a.b> [ref][r] a[^1]

[r]: #start
[^1]: note

- [ ] a

  \`\`\`json
  {"a": 1}
  \`\`\`

| a | b |
|--|--|
| 1 | 2 |

## Start a container {#start}

### Sub

\`\`\`dockerfile file=Dockerfile
FROM busybox # x
\`\`\`
`;
const r = parseLesson(src, 'l.md', 'a/b');
console.log(r.problems);
console.log(JSON.stringify(renderLesson(r.lesson!, {id:'a',title:'x',lessons:[]}, createHighlight()),null,1));
