/** "keep-your-data" is "Keep your data". */
export function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A course.yaml with one lesson. */
export function courseSkeleton(course: string, lesson: string): string {
  return `title: ${JSON.stringify(titleOf(course))}
summary: One sentence for the catalogue.
audience: Who this is for, and what they should know before.
# The order of this list is the order of the lessons.
lessons: [${lesson}]
`;
}

/** A lesson that shows what there is, and that lints and tests clean. Words to replace are in capitals or plain. */
export function lessonSkeleton(lesson: string): string {
  return `---
title: ${JSON.stringify(titleOf(lesson))}
summary: One sentence for the catalogue.
minutes: 10
level: beginner
objectives:
  - Say what the learner can do afterwards
# Lessons to do first, as course/lesson:
# after: [first-steps/first-container]
images: [busybox]
---

<!-- Comments like this one are for you; learners do not see them. Take them out when you no longer need them. -->

Say in two or three sentences what this lesson is about, and why somebody wants to know it.

\`\`\`mermaid
flowchart LR
  image -- docker run --> container
\`\`\`

## Run a container

<!-- Each heading with ## begins a step. A step is done when all its checks and quizzes are. -->

Explain one thing, then let the learner do it:

\`\`\`sh run
docker run --name hello busybox echo "It works"
\`\`\`

<!-- A check looks at the learner's Docker. Its title is a sentence that has to be true. It must not be met before. -->

\`\`\`yaml check
title: The container hello has printed its words
container: hello
state: exited
logs: It works
hints:
  - when: { state: running }
    say: hello is still running. It ends by itself when its command does.
\`\`\`

> [!NOTE]
> The container is still there, although it has ended: \`docker ps -a\` lists it.

## Write a file

<!-- The button of a file block writes it into the learner's workspace. mode=append and lines=4-7 change a file. -->

\`\`\`text file=note.txt
remember me
\`\`\`

\`\`\`yaml check
title: note.txt holds the words to remember
file: note.txt
contains: remember me
\`\`\`

## Find it out

<!-- A task without commands: the learner thinks, a hint helps, and the solution proves that it can be done. -->

Start a container named \`reader\` that prints your file. Mount the workspace at \`/notes\`, read-only.

<details><summary>How do I mount a folder?</summary>

\`-v "$PWD:/notes:ro"\` mounts the folder you are in.

</details>

\`\`\`sh solution
docker run --name reader -v "$PWD:/notes:ro" busybox cat /notes/note.txt
\`\`\`

\`\`\`yaml check
title: reader has printed the file, and could not have changed it
container: reader
state: exited
mounts: [{ target: /notes, readonly: true }]
logs: remember me
hints:
  - when: { mounts: [{ target: /notes, readonly: false }] }
    say: The folder is mounted so that reader could write to it. Remove reader with \`docker rm -f reader\`, and add :ro.
\`\`\`

## What have you learned?

\`\`\`yaml quiz
question: What is left when a container has ended?
choices:
  - text: The container, with its log and its changed files
    correct: true
    why: It stays until \`docker rm\` removes it.
  - text: Nothing
    why: Only \`docker run --rm\` removes a container when it ends.
explanation: A container that has ended can be looked at, started again and removed.
\`\`\`
`;
}
