import type { Kysely, Migration } from 'kysely';

/** Never edited once released: a change of the schema is a further entry. */
export const migrations: Record<string, Migration> = {
  '001-first': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('learner')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('seen_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('session')
        .addColumn('token_hash', 'text', (c) => c.primaryKey())
        .addColumn('learner', 'text', (c) => c.notNull().references('learner.id').onDelete('cascade'))
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('seen_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('sandbox')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('learner', 'text', (c) => c.notNull().unique().references('learner.id').onDelete('cascade'))
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('attended_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('check_passed')
        .addColumn('learner', 'text', (c) => c.notNull().references('learner.id').onDelete('cascade'))
        .addColumn('lesson', 'text', (c) => c.notNull())
        .addColumn('check_id', 'text', (c) => c.notNull())
        .addColumn('passed_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('check_passed_key', ['learner', 'lesson', 'check_id'])
        .execute();
      await db.schema
        .createTable('lesson_visit')
        .addColumn('learner', 'text', (c) => c.notNull().references('learner.id').onDelete('cascade'))
        .addColumn('lesson', 'text', (c) => c.notNull())
        .addColumn('opened_at', 'bigint', (c) => c.notNull())
        .addColumn('visited_at', 'bigint', (c) => c.notNull())
        .addColumn('current_step', 'text')
        .addColumn('completed_at', 'bigint')
        .addPrimaryKeyConstraint('lesson_visit_key', ['learner', 'lesson'])
        .execute();
    },
  },
  '002-life-of-a-sandbox': {
    async up(db: Kysely<unknown>) {
      const number = 'bigint';
      await db.schema
        .alterTable('sandbox')
        .addColumn('idle_ms', number, (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .alterTable('sandbox')
        .addColumn('idle_at', number, (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema.alterTable('sandbox').addColumn('stopped_why', 'text').execute();
      await db.schema.alterTable('sandbox').addColumn('stopped_at', number).execute();
      await db.schema
        .alterTable('sandbox')
        .addColumn('notices', 'text', (c) => c.notNull().defaultTo('[]'))
        .execute();
      await db.schema
        .createTable('pool_sandbox')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('added_at', number, (c) => c.notNull())
        .addColumn('ready', number, (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('archive')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('learner', 'text', (c) => c.notNull().references('learner.id').onDelete('cascade'))
        .addColumn('created_at', number, (c) => c.notNull())
        .addColumn('bytes', number, (c) => c.notNull())
        .addColumn('restored_at', number)
        .addColumn('unannounced', number, (c) => c.notNull())
        .execute();
    },
  },
  '003-released-sandboxes': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('released_sandbox')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .execute();
    },
  },
  '004-quizzes-variables-setup': {
    async up(db: Kysely<unknown>) {
      const number = 'bigint';
      const ofLearner = (table: string) =>
        db.schema
          .createTable(table)
          .addColumn('learner', 'text', (c) => c.notNull().references('learner.id').onDelete('cascade'))
          .addColumn('lesson', 'text', (c) => c.notNull());
      await db.schema
        .alterTable('check_passed')
        .addColumn('how', 'text', (c) => c.notNull().defaultTo('learner'))
        .execute();
      await ofLearner('quiz_answered')
        .addColumn('quiz_id', 'text', (c) => c.notNull())
        .addColumn('attempts', number, (c) => c.notNull())
        .addColumn('passed_at', number)
        .addPrimaryKeyConstraint('quiz_answered_key', ['learner', 'lesson', 'quiz_id'])
        .execute();
      await ofLearner('quiz_practice')
        .addColumn('quiz_id', 'text', (c) => c.notNull())
        .addColumn('box', number, (c) => c.notNull())
        .addColumn('due_at', number, (c) => c.notNull())
        .addPrimaryKeyConstraint('quiz_practice_key', ['learner', 'lesson', 'quiz_id'])
        .execute();
      await ofLearner('solution_shown')
        .addColumn('block_id', 'text', (c) => c.notNull())
        .addColumn('shown_at', number, (c) => c.notNull())
        .addPrimaryKeyConstraint('solution_shown_key', ['learner', 'lesson', 'block_id'])
        .execute();
      await ofLearner('lesson_variable')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('lesson_variable_key', ['learner', 'lesson', 'name'])
        .execute();
      await db.schema
        .createTable('setup_done')
        .addColumn('sandbox', 'text', (c) => c.notNull())
        .addColumn('lesson', 'text', (c) => c.notNull())
        .addColumn('block_id', 'text', (c) => c.notNull())
        .addColumn('done_at', number, (c) => c.notNull())
        .addPrimaryKeyConstraint('setup_done_key', ['sandbox', 'lesson', 'block_id'])
        .execute();
    },
  },
  '005-placement-and-certificates': {
    async up(db: Kysely<unknown>) {
      const ofLearner = (table: string) =>
        db.schema
          .createTable(table)
          .addColumn('learner', 'text', (c) => c.notNull().references('learner.id').onDelete('cascade'));
      await ofLearner('placement')
        .addColumn('answers', 'text', (c) => c.notNull())
        .addColumn('outcome', 'text')
        .addPrimaryKeyConstraint('placement_key', ['learner'])
        .execute();
      await ofLearner('learner_name')
        .addColumn('name', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('learner_name_key', ['learner'])
        .execute();
      await ofLearner('certificate')
        .addColumn('course', 'text', (c) => c.notNull())
        .addColumn('issued_at', 'bigint', (c) => c.notNull())
        .addColumn('lessons', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('certificate_key', ['learner', 'course'])
        .execute();
    },
  },
};
