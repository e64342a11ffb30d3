/* See hint.h. By the first words of the statement, the longest row first; what a row says is written for what such a
 * statement does when it is run again. */
#include "migrate/twice/hint.h"

#include "migrate/lexer.h"

#define WORDS_MOST 64
#define LOOK(condition, statement) "DO $$ BEGIN IF NOT EXISTS (" condition ") THEN " statement "; END IF; END $$."

/* Words as they stand in the statement, "" for none more; "*" for any one. */
static const struct {
    const char *words[4];
    const char *later; /* a word that stands somewhere behind them, or NULL */
    const char *hint;
} hints[] = {
    {{"CREATE", "TABLE"}, NULL, "Write CREATE TABLE IF NOT EXISTS."},
    {{"CREATE", "UNLOGGED", "TABLE"}, NULL, "Write CREATE UNLOGGED TABLE IF NOT EXISTS."},
    {{"CREATE", "FOREIGN", "TABLE"}, NULL, "Write CREATE FOREIGN TABLE IF NOT EXISTS."},
    {{"CREATE", "UNIQUE", "INDEX"},
     NULL,
     "Give the index a name and write CREATE UNIQUE INDEX IF NOT EXISTS name ON ... ."},
    {{"CREATE", "INDEX"}, NULL, "Give the index a name and write CREATE INDEX IF NOT EXISTS name ON ... ."},
    {{"CREATE", "SEQUENCE"}, NULL, "Write CREATE SEQUENCE IF NOT EXISTS."},
    {{"CREATE", "SCHEMA"}, NULL, "Write CREATE SCHEMA IF NOT EXISTS."},
    {{"CREATE", "EXTENSION"}, NULL, "Write CREATE EXTENSION IF NOT EXISTS."},
    {{"CREATE", "SERVER"}, NULL, "Write CREATE SERVER IF NOT EXISTS."},
    {{"CREATE", "STATISTICS"}, NULL, "Give it a name and write CREATE STATISTICS IF NOT EXISTS name ON ... ."},
    {{"CREATE", "COLLATION"}, NULL, "Write CREATE COLLATION IF NOT EXISTS."},
    {{"CREATE", "MATERIALIZED", "VIEW"}, NULL, "Write CREATE MATERIALIZED VIEW IF NOT EXISTS."},
    {{"CREATE", "VIEW"},
     NULL,
     "Write CREATE OR REPLACE VIEW; where columns change, DROP VIEW IF EXISTS in front of it."},
    {{"CREATE", "FUNCTION"}, NULL, "Write CREATE OR REPLACE FUNCTION."},
    {{"CREATE", "PROCEDURE"}, NULL, "Write CREATE OR REPLACE PROCEDURE."},
    {{"CREATE", "AGGREGATE"}, NULL, "Write CREATE OR REPLACE AGGREGATE."},
    {{"CREATE", "RULE"}, NULL, "Write CREATE OR REPLACE RULE."},
    {{"CREATE", "TRIGGER"},
     NULL,
     "Put DROP TRIGGER IF EXISTS name ON table in front of it; from PostgreSQL 14 on CREATE OR REPLACE TRIGGER does it."},
    {{"CREATE", "CONSTRAINT", "TRIGGER"}, NULL, "Put DROP TRIGGER IF EXISTS name ON table in front of it."},
    {{"CREATE", "EVENT", "TRIGGER"}, NULL, "Put DROP EVENT TRIGGER IF EXISTS name in front of it."},
    {{"CREATE", "POLICY"}, NULL, "Put DROP POLICY IF EXISTS name ON table in front of it."},
    {{"CREATE", "TYPE"},
     NULL,
     "Look first: " LOOK("SELECT FROM pg_type WHERE oid = to_regtype('schema.name')", "CREATE TYPE ...")},
    {{"CREATE", "DOMAIN"},
     NULL,
     "Look first: " LOOK("SELECT FROM pg_type WHERE oid = to_regtype('schema.name')", "CREATE DOMAIN ...")},
    {{"CREATE", "PUBLICATION"},
     NULL,
     "Look first: " LOOK("SELECT FROM pg_publication WHERE pubname = 'name'", "CREATE PUBLICATION ...")},
    {{"CREATE", "OPERATOR"}, NULL, "Look first, in a DO block, whether to_regoperator knows it."},
    {{"CREATE", "CAST"}, NULL, "Put DROP CAST IF EXISTS in front of it."},
    {{"CREATE"}, NULL, "Look into the catalog first, in a DO block, and create it only where it is missing."},
    {{"ALTER", "TABLE"},
     "RENAME",
     "Look first: DO $$ BEGIN IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('schema.table') AND attname = 'old' AND NOT attisdropped) THEN ALTER TABLE ... RENAME ...; END IF; END $$; of a table ask to_regclass itself."},
    {{"ALTER", "TABLE"},
     "ATTACH",
     "Look first: " LOOK("SELECT FROM pg_inherits WHERE inhrelid = to_regclass('schema.partition')",
                         "ALTER TABLE ... ATTACH PARTITION ...")},
    {{"ALTER", "TABLE"},
     "DETACH",
     "Look first: DO $$ BEGIN IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('schema.partition')) THEN ALTER TABLE ... DETACH PARTITION ...; END IF; END $$."},
    {{"ALTER", "TABLE"},
     "CONSTRAINT",
     "Name the constraint and look first: " LOOK(
         "SELECT FROM pg_constraint WHERE conrelid = to_regclass('schema.table') AND conname = 'name'",
         "ALTER TABLE ... ADD CONSTRAINT name ...") " Where it is dropped: DROP CONSTRAINT IF EXISTS."},
    {{"ALTER", "TABLE"},
     "CHECK",
     "Name the constraint and look first: " LOOK(
         "SELECT FROM pg_constraint WHERE conrelid = to_regclass('schema.table') AND conname = 'name'",
         "ALTER TABLE ... ADD CONSTRAINT name CHECK (...)")},
    {{"ALTER", "TABLE"},
     "FOREIGN",
     "Name the constraint and look first: " LOOK(
         "SELECT FROM pg_constraint WHERE conrelid = to_regclass('schema.table') AND conname = 'name'",
         "ALTER TABLE ... ADD CONSTRAINT name FOREIGN KEY ...")},
    {{"ALTER", "TABLE"},
     "UNIQUE",
     "Name the constraint and look first: " LOOK(
         "SELECT FROM pg_constraint WHERE conrelid = to_regclass('schema.table') AND conname = 'name'",
         "ALTER TABLE ... ADD CONSTRAINT name UNIQUE (...)")},
    {{"ALTER", "TABLE"},
     "PRIMARY",
     "Look first: " LOOK("SELECT FROM pg_constraint WHERE conrelid = to_regclass('schema.table') AND contype = 'p'",
                         "ALTER TABLE ... ADD PRIMARY KEY (...)")},
    {{"ALTER", "TABLE"},
     "IDENTITY",
     "Write DROP IDENTITY IF EXISTS; before ADD GENERATED look whether attidentity of pg_attribute is empty."},
    {{"ALTER", "TABLE"}, "DROP", "Write DROP COLUMN IF EXISTS (DROP CONSTRAINT IF EXISTS)."},
    {{"ALTER", "TABLE"}, "ADD", "Write ADD COLUMN IF NOT EXISTS."},
    {{"ALTER", "TYPE"},
     "VALUE",
     "Write ADD VALUE IF NOT EXISTS; before RENAME VALUE look for the old label in pg_enum."},
    {{"ALTER", "TYPE"},
     "ATTRIBUTE",
     "Look first, in a DO block, into pg_attribute of the type; DROP ATTRIBUTE takes IF EXISTS."},
    {{"ALTER", "SEQUENCE"},
     NULL,
     "Set it where rows say so: SELECT setval('schema.sequence', (SELECT max(id) FROM schema.table)) comes to the same each time."},
    {{"ALTER"}, "RENAME", "Look first, in a DO block, whether the old name is still there."},
    {{"ALTER"}, NULL, "Look into the catalog first, in a DO block, and alter only what is not yet so."},
    {{"DROP"}, NULL, "Write IF EXISTS."},
    {{"INSERT"},
     NULL,
     "Add ON CONFLICT (key) DO NOTHING, or SELECT what is missing: INSERT ... SELECT ... WHERE NOT EXISTS (...)."},
    {{"COPY"}, NULL, "Copy into a temporary table and INSERT from there with ON CONFLICT (key) DO NOTHING."},
    {{"UPDATE"},
     NULL,
     "Add a WHERE that leaves out the rows that are done, such as AND value IS DISTINCT FROM the new one."},
    {{"DELETE"}, NULL, "Delete by what the rows are, so that nothing new meets the condition when it runs again."},
    {{"MERGE"}, NULL, "Add conditions so that rows that are done are not written again."},
    {{"TRUNCATE"},
     NULL,
     "Delete by what the rows are, or look first whether it was done: whatever came since is lost when it runs again."},
    {{"SELECT"},
     NULL,
     "Set it where rows say so: SELECT setval('schema.sequence', (SELECT max(id) FROM schema.table)) comes to the same each time."},
    {{"DO"},
     NULL,
     "Look into the catalog (to_regclass, pg_constraint, pg_attribute) or at the rows before each statement of the block."},
    {{"GRANT"}, NULL, "Grant what is meant in the end; REVOKE what is not."},
};

static bool begins_so(const char *const *words, size_t count, const char *const *pattern)
{
    for (size_t i = 0; i < countof(hints[0].words) && pattern[i]; i++)
        if (i >= count || strcmp(words[i], pattern[i]) != 0)
            return false;
    return true;
}

static bool holds(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(words[i], word))
            return true;
    return false;
}

static const char *of_words(const char *const *words, size_t count)
{
    for (size_t i = 0; i < countof(hints); i++)
        if (begins_so(words, count, hints[i].words) && (!hints[i].later || holds(words, count, hints[i].later)))
            return hints[i].hint;
    return NULL;
}

const char *hint_of(TALLOC_CTX *owner, const struct statement *statement, const struct twice_finding *finding)
{
    if (finding->what == TWICE_INTERRUPTED)
        return "Keep what a later statement needs out of the session: a real table for a temporary one, settings by SET, "
               "not by set_config(); or put both statements between BEGIN and COMMIT.";
    if (finding->what == TWICE_REMADE)
        return talloc_asprintf(owner,
                               "Whatever %s holds by then is lost when the file runs again. Look first, in a DO block, "
                               "whether it has its new shape already, and leave it then.",
                               finding->object ? finding->object : "it");
    const char **words = talloc_zero_array(owner, const char *, WORDS_MOST);
    size_t count = statement_words(words, statement, words, WORDS_MOST);
    return of_words(words, count);
}
