/* See rule.h. A table of openings; the first that fits counts. Source of the short list: ledger of the design, "Two
 * private clusters": what only a superuser may make, and runs nothing of the file's as one. */
#include "migrate/scratch/rule.h"

#include "migrate/lexer.h"

#define ROLES "roles belong to the whole server; those that files name are made beforehand, without rights"
#define DATABASES "it is about databases of the server, not about what is in this one"
#define TABLESPACES "tablespaces belong to the whole server"
#define SUBSCRIPTIONS "a subscription would connect to another server"
#define LABELS "security labels belong to a module that is not loaded here"

enum { PLAIN = 0, SUPERUSER = 1, EVENT = 2, EXTENSION = 4 };

/* Words are separated by a blank; "A|B" is either. OR REPLACE, IF [NOT] EXISTS, TRUSTED, PROCEDURAL are left out of
 * what is compared. */
static const struct {
    const char *opening;
    const char *skipped;
    unsigned traits;
} openings[] = {
    {"CREATE|ALTER|DROP USER MAPPING", NULL, PLAIN},
    {"CREATE|ALTER|DROP ROLE|USER|GROUP", ROLES, PLAIN},
    {"REASSIGN OWNED", ROLES, PLAIN},
    {"COMMENT ON ROLE", ROLES, PLAIN},
    {"CREATE|ALTER|DROP DATABASE", DATABASES, PLAIN},
    {"COMMENT ON DATABASE", DATABASES, PLAIN},
    {"CREATE|ALTER|DROP TABLESPACE", TABLESPACES, PLAIN},
    {"COMMENT ON TABLESPACE", TABLESPACES, PLAIN},
    {"CREATE|ALTER|DROP SUBSCRIPTION", SUBSCRIPTIONS, PLAIN},
    {"COMMENT ON SUBSCRIPTION", SUBSCRIPTIONS, PLAIN},
    {"IMPORT FOREIGN SCHEMA", "it would connect to another server", PLAIN},
    {"ALTER SYSTEM", "it changes the whole server", PLAIN},
    {"CHECKPOINT", "it is about the whole server", PLAIN},
    {"SECURITY LABEL", LABELS, PLAIN},
    {"CREATE EXTENSION", NULL, SUPERUSER | EXTENSION},
    {"ALTER EXTENSION * UPDATE|SET", NULL, SUPERUSER | EXTENSION},
    {"DROP EXTENSION", NULL, SUPERUSER},
    {"COMMENT ON EXTENSION", NULL, SUPERUSER},
    {"CREATE|ALTER|DROP LANGUAGE", NULL, SUPERUSER},
    {"COMMENT ON LANGUAGE", NULL, SUPERUSER},
    {"CREATE|ALTER|DROP EVENT TRIGGER", NULL, SUPERUSER | EVENT},
    {"COMMENT ON EVENT TRIGGER", NULL, SUPERUSER | EVENT},
    {"CREATE|ALTER|DROP PUBLICATION", NULL, SUPERUSER},
    {"COMMENT ON PUBLICATION", NULL, SUPERUSER},
    {"CREATE|ALTER|DROP OPERATOR CLASS|FAMILY", NULL, SUPERUSER},
    {"COMMENT ON OPERATOR CLASS|FAMILY", NULL, SUPERUSER},
    {"CREATE TYPE", NULL, SUPERUSER},
};

enum { WORDS_MOST = 8 };

struct words {
    struct token items[WORDS_MOST];
    size_t count;
    bool is_trusted;
};

static bool is_one_of(const struct token *token, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (token_is(token, words[i]))
            return true;
    return false;
}

static struct words words_of(const struct statement *statement)
{
    static const char *const passed_over[] = {"OR", "REPLACE", "IF", "NOT", "EXISTS", "TRUSTED", "PROCEDURAL"};
    struct lexer lexer = {.at = statement->text, .end = statement->text + statement->size_bytes};
    struct words words = {0};
    struct token token;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END && words.count < WORDS_MOST; lexer_next(&lexer, &token)) {
        words.is_trusted = words.is_trusted || token_is(&token, "TRUSTED");
        if (!is_one_of(&token, passed_over, countof(passed_over)))
            words.items[words.count++] = token;
    }
    return words;
}

/* Whether a token is one of "A|B", up to a blank or the end; "*" is any. */
static bool fits(const struct token *token, const char *choices)
{
    for (;;) {
        size_t size = strcspn(choices, "| ");
        char word[32];
        snprintf(word, sizeof word, "%.*s", (int)size, choices);
        if (!strcmp(word, "*") || token_is(token, word))
            return true;
        if (choices[size] != '|')
            return false;
        choices += size + 1;
    }
}

static bool opens(const struct words *words, const char *opening)
{
    size_t at = 0;
    for (const char *next = opening; *next; at++) {
        if (at >= words->count || !fits(&words->items[at], next))
            return false;
        next += strcspn(next, " ");
        next += *next == ' ';
    }
    return true;
}

/* Reads on behind the opening words. */
static bool has_word(const struct statement *statement, const char *first, const char *second)
{
    struct lexer lexer = {.at = statement->text, .end = statement->text + statement->size_bytes};
    struct token before = {0}, token;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END; before = token, lexer_next(&lexer, &token))
        if (second ? token_is(&before, first) && token_is(&token, second) : token_is(&token, first))
            return true;
    return false;
}

static bool has_semicolon(const struct statement *statement)
{
    struct lexer lexer = {.at = statement->text, .end = statement->text + statement->size_bytes};
    struct token token;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END; lexer_next(&lexer, &token))
        if (token_is_symbol(&token, ';'))
            return true;
    return false;
}

/* GRANT and REVOKE: of roles where there is no ON before TO or FROM; of databases and the like where it says so. */
static const char *why_no_grant(const struct statement *statement)
{
    struct lexer lexer = {.at = statement->text, .end = statement->text + statement->size_bytes};
    struct token token;
    lexer_next(&lexer, &token);
    if (!token_is(&token, "GRANT") && !token_is(&token, "REVOKE"))
        return NULL;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END; lexer_next(&lexer, &token)) {
        if (token_is(&token, "TO") || token_is(&token, "FROM"))
            return ROLES;
        if (!token_is(&token, "ON"))
            continue;
        lexer_next(&lexer, &token);
        return token_is(&token, "DATABASE")     ? DATABASES
               : token_is(&token, "TABLESPACE") ? TABLESPACES
               : token_is(&token, "PARAMETER")  ? "parameters belong to the whole server"
                                                : NULL;
    }
    return NULL;
}

/* SET default_tablespace = 'fast'; with '' it means nothing. */
static const char *why_no_set(const struct words *words)
{
    static const char *const names[] = {"DEFAULT_TABLESPACE", "TEMP_TABLESPACES"};
    size_t at = 1;
    if (words->count < 4 || !token_is(&words->items[0], "SET"))
        return NULL;
    if (token_is(&words->items[1], "LOCAL") || token_is(&words->items[1], "SESSION"))
        at++;
    if (!is_one_of(&words->items[at], names, countof(names)) || at + 2 >= words->count)
        return NULL;
    const struct token *value = &words->items[at + 2];
    bool is_empty = (value->kind == TOKEN_STRING && value->size_bytes == 2) || token_is(value, "DEFAULT");
    return is_empty ? NULL : TABLESPACES;
}

/* A base type: CREATE TYPE name (...), or the name alone. Others need no superuser. */
static bool is_base_type(const struct words *words)
{
    size_t at = 3;
    if (words->count > 4 && token_is_symbol(&words->items[3], '.'))
        at = 5;
    return words->count <= at || token_is_symbol(&words->items[at], '(');
}

/* What stands on the list by its words and would let a file start programs all the same: a trusted language of its own
 * handler lends any function's rights to everybody. */
static bool is_safe(const struct statement *statement, const struct words *words)
{
    if (token_is(&words->items[1], "TYPE") && !is_base_type(words))
        return false;
    if (token_is(&words->items[1], "LANGUAGE") && words->is_trusted && has_word(statement, "HANDLER", NULL))
        return false;
    return !has_semicolon(statement);
}

static bool is_about_rights(const struct statement *statement, const struct words *words)
{
    static const char *const firsts[] = {"GRANT", "REVOKE"};
    if (words->count == 0)
        return false;
    if (is_one_of(&words->items[0], firsts, countof(firsts)) || opens(words, "ALTER DEFAULT PRIVILEGES"))
        return true;
    return token_is(&words->items[0], "SET") &&
           (has_word(statement, "ROLE", NULL) || has_word(statement, "SESSION", "AUTHORIZATION"));
}

struct rule rule_of(const struct statement *statement)
{
    struct words words = words_of(statement);
    struct rule rule = {.skipped = why_no_grant(statement)};
    if (!rule.skipped)
        rule.skipped = why_no_set(&words);
    rule.sets_owner = words.count > 0 && token_is(&words.items[0], "ALTER") && has_word(statement, "OWNER", "TO");
    if (rule.sets_owner || is_about_rights(statement, &words))
        rule.excuse = EXCUSE_RIGHTS;
    for (size_t i = 0; i < countof(openings); i++) {
        if (!opens(&words, openings[i].opening))
            continue;
        rule.skipped = openings[i].skipped;
        rule.may_be_superuser = (openings[i].traits & SUPERUSER) && is_safe(statement, &words);
        rule.is_of_event_trigger = openings[i].traits & EVENT;
        if (openings[i].traits & EXTENSION)
            rule.excuse = EXCUSE_EXTENSION;
        break;
    }
    return rule;
}
