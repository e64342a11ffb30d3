/* See shape.h. */
#include "migrate/draft/shape.h"

#include <ctype.h>

#define IF_NOT_EXISTS " IF NOT EXISTS"
#define IF_EXISTS " IF EXISTS"
#define OR_REPLACE " OR REPLACE"

/* Patterns are words; % is a name, quoted and qualified as may be. The first that fits counts; words go in behind it,
 * behind the | where there is one. */
static const struct {
    const char *pattern;
    enum shape_kind kind;
    const char *words;
} rows[] = {
    {"CREATE OR REPLACE", SHAPE_AS_IT_IS, NULL},
    {"CREATE SCHEMA", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE EXTENSION", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE SEQUENCE", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE UNLOGGED SEQUENCE", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE TABLE", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE UNLOGGED TABLE", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE INDEX", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE UNIQUE INDEX", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE MATERIALIZED VIEW", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE STATISTICS", SHAPE_INSERT, IF_NOT_EXISTS},
    {"CREATE| VIEW", SHAPE_INSERT, OR_REPLACE},
    {"CREATE| FUNCTION", SHAPE_INSERT, OR_REPLACE},
    {"CREATE| PROCEDURE", SHAPE_INSERT, OR_REPLACE},
    {"CREATE| AGGREGATE", SHAPE_INSERT, OR_REPLACE},
    {"CREATE| RULE", SHAPE_INSERT, OR_REPLACE},
    {"CREATE TRIGGER", SHAPE_DROP, NULL},
    {"CREATE CONSTRAINT TRIGGER", SHAPE_DROP, NULL},
    {"CREATE POLICY", SHAPE_DROP, NULL},
    {"CREATE EVENT TRIGGER", SHAPE_DROP, NULL},
    {"DROP MATERIALIZED VIEW", SHAPE_INSERT, IF_EXISTS},
    {"DROP EVENT TRIGGER", SHAPE_INSERT, IF_EXISTS},
    {"DROP TABLE", SHAPE_INSERT, IF_EXISTS},
    {"DROP VIEW", SHAPE_INSERT, IF_EXISTS},
    {"DROP INDEX", SHAPE_INSERT, IF_EXISTS},
    {"DROP SEQUENCE", SHAPE_INSERT, IF_EXISTS},
    {"DROP SCHEMA", SHAPE_INSERT, IF_EXISTS},
    {"DROP EXTENSION", SHAPE_INSERT, IF_EXISTS},
    {"DROP TYPE", SHAPE_INSERT, IF_EXISTS},
    {"DROP DOMAIN", SHAPE_INSERT, IF_EXISTS},
    {"DROP FUNCTION", SHAPE_INSERT, IF_EXISTS},
    {"DROP PROCEDURE", SHAPE_INSERT, IF_EXISTS},
    {"DROP AGGREGATE", SHAPE_INSERT, IF_EXISTS},
    {"DROP TRIGGER", SHAPE_INSERT, IF_EXISTS},
    {"DROP RULE", SHAPE_INSERT, IF_EXISTS},
    {"DROP POLICY", SHAPE_INSERT, IF_EXISTS},
    {"DROP STATISTICS", SHAPE_INSERT, IF_EXISTS},
    {"DROP PUBLICATION", SHAPE_INSERT, IF_EXISTS},
    {"ALTER TABLE % ADD COLUMN", SHAPE_INSERT, IF_NOT_EXISTS},
    {"ALTER TABLE % DROP COLUMN", SHAPE_INSERT, IF_EXISTS},
    {"ALTER TABLE % DROP CONSTRAINT", SHAPE_INSERT, IF_EXISTS},
    {"ALTER TABLE % ALTER COLUMN % DROP IDENTITY", SHAPE_INSERT, IF_EXISTS},
    {"ALTER TABLE % ALTER COLUMN % DROP EXPRESSION", SHAPE_INSERT, IF_EXISTS},
    {"ALTER TABLE % ALTER COLUMN % ADD", SHAPE_GUARD, NULL},
    {"ALTER TABLE % ALTER", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % SET", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % RESET", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % ENABLE", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % DISABLE", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % FORCE", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % NO FORCE", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % REPLICA", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % CLUSTER", SHAPE_AS_IT_IS, NULL},
    {"ALTER TABLE % VALIDATE", SHAPE_AS_IT_IS, NULL},
    {"ALTER TYPE % ADD VALUE", SHAPE_INSERT, IF_NOT_EXISTS},
    {"ALTER TYPE % DROP ATTRIBUTE", SHAPE_INSERT, IF_EXISTS},
    {"ALTER DOMAIN % DROP CONSTRAINT", SHAPE_INSERT, IF_EXISTS},
    {"ALTER DOMAIN % SET", SHAPE_AS_IT_IS, NULL},
    {"ALTER DOMAIN % DROP", SHAPE_AS_IT_IS, NULL},
    {"ALTER DOMAIN % VALIDATE", SHAPE_AS_IT_IS, NULL},
    {"ALTER SEQUENCE % RENAME", SHAPE_GUARD, NULL},
    {"ALTER SEQUENCE", SHAPE_AS_IT_IS, NULL},
    {"ALTER INDEX % SET", SHAPE_AS_IT_IS, NULL},
    {"ALTER INDEX % RESET", SHAPE_AS_IT_IS, NULL},
    {"ALTER INDEX % ALTER", SHAPE_AS_IT_IS, NULL},
    {"ALTER VIEW % ALTER", SHAPE_AS_IT_IS, NULL},
    {"ALTER VIEW % SET", SHAPE_AS_IT_IS, NULL},
    {"ALTER VIEW % RESET", SHAPE_AS_IT_IS, NULL},
    {"ALTER MATERIALIZED VIEW % ALTER", SHAPE_AS_IT_IS, NULL},
    {"ALTER MATERIALIZED VIEW % SET", SHAPE_AS_IT_IS, NULL},
    {"ALTER MATERIALIZED VIEW % RESET", SHAPE_AS_IT_IS, NULL},
    {"ALTER STATISTICS % SET", SHAPE_AS_IT_IS, NULL},
    {"ALTER PUBLICATION % SET", SHAPE_AS_IT_IS, NULL},
    {"ALTER EXTENSION % SET SCHEMA", SHAPE_AS_IT_IS, NULL},
    {"ALTER EVENT TRIGGER % ENABLE", SHAPE_AS_IT_IS, NULL},
    {"ALTER EVENT TRIGGER % DISABLE", SHAPE_AS_IT_IS, NULL},
    {"ALTER POLICY % ON % RENAME", SHAPE_GUARD, NULL},
    {"ALTER POLICY", SHAPE_AS_IT_IS, NULL},
    {"ALTER DEFAULT PRIVILEGES", SHAPE_AS_IT_IS, NULL},
    {"COMMENT ON", SHAPE_AS_IT_IS, NULL},
    {"GRANT", SHAPE_AS_IT_IS, NULL},
    {"REVOKE", SHAPE_AS_IT_IS, NULL},
    {"REFRESH", SHAPE_AS_IT_IS, NULL},
};

static const char *skip_blanks(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

/* Behind a name that may be quoted and qualified; `at` itself where there is none. */
static const char *skip_name(const char *at)
{
    for (;; at++) {
        if (*at == '"') {
            const char *end = at + 1;
            while (*end && (*end != '"' || end[1] == '"'))
                end += *end == '"' ? 2 : 1;
            at = *end ? end + 1 : end;
        } else {
            while (isalnum((unsigned char)*at) || *at == '_' || *at == '$' || (unsigned char)*at >= 0x80)
                at++;
        }
        if (*at != '.')
            return at;
    }
}

/* Behind the word, or NULL. */
static const char *skip_word(const char *at, const char *word, size_t size)
{
    if (strncasecmp(at, word, size) != 0 || isalnum((unsigned char)at[size]) || at[size] == '_')
        return NULL;
    return at + size;
}

/* Where words go in, or NULL where the pattern does not fit. ONLY of ALTER TABLE is passed over. */
static const char *match(const char *sql, const char *pattern)
{
    const char *at = sql, *place = NULL;
    while (*pattern) {
        at = skip_blanks(at);
        size_t size = strcspn(pattern, " |");
        if (*pattern == '%') {
            const char *only = skip_word(at, "ONLY", 4);
            at = only ? skip_blanks(only) : at;
            const char *end = skip_name(at);
            at = end > at ? end : NULL;
        } else {
            at = skip_word(at, pattern, size);
        }
        if (!at)
            return NULL;
        pattern += size;
        if (*pattern == '|') {
            place = at;
            pattern++;
        }
        pattern += *pattern == ' ';
    }
    return place ? place : at;
}

struct shape shape_of(const char *sql)
{
    for (size_t i = 0; i < countof(rows); i++) {
        const char *place = match(sql, rows[i].pattern);
        if (place)
            return (struct shape){rows[i].kind, (size_t)(place - sql), rows[i].words};
    }
    return (struct shape){.kind = SHAPE_GUARD};
}
