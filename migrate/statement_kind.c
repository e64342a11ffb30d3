/* See statement_kind.h. One function for each first word that matters (a table), which walks the words as the
 * server's grammar has them. What it does not understand is STATEMENT_OTHER: the server decides. */
#include "migrate/statement_kind.h"

#include "migrate/lexer.h"

/* The statement from its current token on. */
struct words {
    struct lexer lexer;
    struct token token;
};

struct verdict {
    enum statement_kind kind;
    const char *name;
};

static const struct verdict other = {STATEMENT_OTHER, NULL};

static void step(struct words *words) { lexer_next(&words->lexer, &words->token); }

static bool at_word(const struct words *words, const char *word) { return token_is(&words->token, word); }

static bool at_symbol(const struct words *words, char symbol) { return token_is_symbol(&words->token, symbol); }

static bool take(struct words *words, const char *word)
{
    if (!at_word(words, word))
        return false;
    step(words);
    return true;
}

static bool take_two(struct words *words, const char *first, const char *second)
{
    struct words ahead = *words;
    if (!take(&ahead, first) || !take(&ahead, second))
        return false;
    *words = ahead;
    return true;
}

static bool take_symbol(struct words *words, char symbol)
{
    if (!at_symbol(words, symbol))
        return false;
    step(words);
    return true;
}

static bool take_string(struct words *words)
{
    if (words->token.kind != TOKEN_STRING)
        return false;
    step(words);
    return true;
}

/* A name with its qualifiers. */
static bool take_name(struct words *words)
{
    do {
        if (words->token.kind != TOKEN_WORD && words->token.kind != TOKEN_QUOTED)
            return false;
        step(words);
        if (take(words, "UESCAPE") && !take_string(words))
            return false;
    } while (take_symbol(words, '.'));
    return true;
}

/* From an opening parenthesis to behind its closing one. */
static bool take_group(struct words *words)
{
    if (!at_symbol(words, '('))
        return false;
    for (size_t depth = 0; words->token.kind != TOKEN_END;) {
        depth += at_symbol(words, '(');
        depth -= at_symbol(words, ')');
        step(words);
        if (depth == 0)
            return true;
    }
    return false;
}

/* The token's text in quotes or not, for names of options and settings: those that the server compares as text. */
static bool says(const struct token *token, const char *word)
{
    if (token->kind == TOKEN_QUOTED || token->kind == TOKEN_STRING)
        return *token->text != '$' && token->size_bytes >= 2 && token->text[token->size_bytes - 1] == *token->text &&
               lexer_is_word(token->text + 1, token->size_bytes - 2, word);
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_NUMBER) &&
           lexer_is_word(token->text, token->size_bytes, word);
}

enum option { OPTION_ABSENT, OPTION_ON, OPTION_OFF };

/* What a parenthesised list of options says of one: (CONCURRENTLY), (concurrently off), (refresh = false). The last one
 * counts. Source: defGetBoolean. */
static enum option option_of(struct words words, const char *name)
{
    enum option found = OPTION_ABSENT;
    if (!take_symbol(&words, '('))
        return found;
    while (words.token.kind != TOKEN_END && !at_symbol(&words, ')')) {
        bool is_it = says(&words.token, name);
        step(&words);
        if (words.token.kind == TOKEN_OPERATOR)
            step(&words);
        bool is_off = says(&words.token, "FALSE") || says(&words.token, "OFF") || says(&words.token, "0");
        if (is_it)
            found = is_off ? OPTION_OFF : OPTION_ON;
        while (words.token.kind != TOKEN_END && !at_symbol(&words, ',') && !at_symbol(&words, ')'))
            if (!take_group(&words))
                step(&words);
        take_symbol(&words, ',');
    }
    return found;
}

/* The same, of the list that follows WITH somewhere behind. */
static enum option option_of_with(struct words words, const char *name)
{
    while (words.token.kind != TOKEN_END) {
        if (take(&words, "WITH"))
            return option_of(words, name);
        step(&words);
    }
    return OPTION_ABSENT;
}

static struct verdict of_begin(struct words *words UNUSED) { return (struct verdict){STATEMENT_BEGIN, NULL}; }

static struct verdict of_start(struct words *words)
{
    return take(words, "TRANSACTION") ? (struct verdict){STATEMENT_BEGIN, NULL} : other;
}

static bool take_chain(struct words *words)
{
    if (!take(words, "WORK"))
        (void)take(words, "TRANSACTION");
    return take_two(words, "AND", "CHAIN");
}

static struct verdict of_commit(struct words *words)
{
    if (at_word(words, "PREPARED"))
        return (struct verdict){STATEMENT_PREPARED, NULL};
    return (struct verdict){take_chain(words) ? STATEMENT_CHAIN : STATEMENT_COMMIT, NULL};
}

static struct verdict of_rollback(struct words *words)
{
    if (at_word(words, "PREPARED"))
        return (struct verdict){STATEMENT_PREPARED, NULL};
    if (take_chain(words))
        return (struct verdict){STATEMENT_CHAIN, NULL};
    return (struct verdict){at_word(words, "TO") ? STATEMENT_SAVEPOINT : STATEMENT_ROLLBACK, NULL};
}

/* "transaction" may also be the name of a prepared statement. */
static struct verdict of_prepare(struct words *words)
{
    bool is_transaction = take(words, "TRANSACTION") && take_string(words);
    return is_transaction ? (struct verdict){STATEMENT_PREPARED, NULL} : other;
}

static struct verdict of_savepoint(struct words *words UNUSED) { return (struct verdict){STATEMENT_SAVEPOINT, NULL}; }

static bool is_transaction_setting(const struct words *words)
{
    static const char *const names[] = {"TRANSACTION_ISOLATION", "TRANSACTION_READ_ONLY", "TRANSACTION_DEFERRABLE"};
    for (size_t i = 0; i < countof(names); i++)
        if (says(&words->token, names[i]))
            return true;
    return at_word(words, "TRANSACTION");
}

/* SET CONSTRAINTS is no setting: it ends with its transaction. */
static struct verdict of_set(struct words *words)
{
    struct words ahead = *words;
    if (take_two(&ahead, "SESSION", "CHARACTERISTICS"))
        return (struct verdict){STATEMENT_SET_TRANSACTION, NULL};
    if (at_word(words, "CONSTRAINTS"))
        return other;
    if (take(words, "LOCAL") || take(words, "SESSION")) {
        ahead = *words;
        if (take_two(&ahead, "SESSION", "CHARACTERISTICS"))
            return (struct verdict){STATEMENT_SET_TRANSACTION, NULL};
    }
    return (struct verdict){is_transaction_setting(words) ? STATEMENT_SET_TRANSACTION : STATEMENT_SET, NULL};
}

static struct verdict of_reset(struct words *words)
{
    return (struct verdict){is_transaction_setting(words) ? STATEMENT_SET_TRANSACTION : STATEMENT_SET, NULL};
}

static struct verdict of_discard(struct words *words)
{
    return (struct verdict){at_word(words, "ALL") ? STATEMENT_NO_TRANSACTION : STATEMENT_SET, NULL};
}

/* COPY [BINARY] name [(columns)] FROM STDIN; FROM STDOUT means the same to the server. */
static struct verdict of_copy(struct words *words)
{
    (void)take(words, "BINARY");
    if (!take_name(words))
        return other;
    (void)take_group(words);
    bool is_stdin = take(words, "FROM") && (at_word(words, "STDIN") || at_word(words, "STDOUT"));
    return is_stdin ? (struct verdict){STATEMENT_COPY_STDIN, NULL} : other;
}

static struct verdict of_vacuum(struct words *words UNUSED)
{
    return (struct verdict){STATEMENT_NO_TRANSACTION, "VACUUM"};
}

/* Without a table it is the whole database, in transactions of its own. */
static struct verdict of_cluster(struct words *words)
{
    (void)take_group(words);
    (void)take(words, "VERBOSE");
    return words->token.kind == TOKEN_END ? (struct verdict){STATEMENT_NO_TRANSACTION, "CLUSTER without a table"}
                                          : other;
}

static struct verdict of_reindex(struct words *words)
{
    bool is_concurrent = option_of(*words, "CONCURRENTLY") == OPTION_ON;
    (void)take_group(words);
    const char *name = at_word(words, "DATABASE") ? "REINDEX DATABASE"
                       : at_word(words, "SCHEMA") ? "REINDEX SCHEMA"
                       : at_word(words, "SYSTEM") ? "REINDEX SYSTEM"
                                                  : NULL;
    step(words);
    if (is_concurrent || at_word(words, "CONCURRENTLY"))
        return (struct verdict){STATEMENT_CONCURRENTLY, "REINDEX CONCURRENTLY"};
    return name ? (struct verdict){STATEMENT_NO_TRANSACTION, name} : other;
}

static struct verdict of_create(struct words *words)
{
    if (at_word(words, "DATABASE"))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "CREATE DATABASE"};
    if (at_word(words, "TABLESPACE"))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "CREATE TABLESPACE"};
    if (at_word(words, "SUBSCRIPTION")) {
        bool has_slot =
            option_of_with(*words, "CREATE_SLOT") != OPTION_OFF && option_of_with(*words, "CONNECT") != OPTION_OFF;
        return has_slot ? (struct verdict){STATEMENT_NO_TRANSACTION, "CREATE SUBSCRIPTION"} : other;
    }
    (void)take(words, "UNIQUE");
    if (take_two(words, "INDEX", "CONCURRENTLY"))
        return (struct verdict){STATEMENT_CONCURRENTLY, "CREATE INDEX CONCURRENTLY"};
    return other;
}

static struct verdict of_drop(struct words *words)
{
    if (at_word(words, "DATABASE"))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "DROP DATABASE"};
    if (at_word(words, "TABLESPACE"))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "DROP TABLESPACE"};
    if (at_word(words, "SUBSCRIPTION"))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "DROP SUBSCRIPTION"};
    if (take_two(words, "INDEX", "CONCURRENTLY"))
        return (struct verdict){STATEMENT_CONCURRENTLY, "DROP INDEX CONCURRENTLY"};
    return other;
}

/* ALTER DATABASE name SET TABLESPACE x, or the option [WITH] TABLESPACE [=] x; not a setting of that name. */
static struct verdict of_alter_database(struct words *words)
{
    static const struct verdict move = {STATEMENT_NO_TRANSACTION, "ALTER DATABASE ... SET TABLESPACE"};
    if (!take_name(words))
        return other;
    if (take_two(words, "SET", "TABLESPACE")) {
        bool is_setting = words->token.kind == TOKEN_OPERATOR || at_symbol(words, '.') || at_word(words, "FROM");
        if (take(words, "TO"))
            is_setting = words->token.kind != TOKEN_END;
        return is_setting ? other : move;
    }
    (void)take(words, "WITH");
    return says(&words->token, "TABLESPACE") ? move : other;
}

/* Since 14 a refresh cannot be rolled back; since 17 nor can some options of the slot. */
static struct verdict of_alter_subscription(struct words *words)
{
    if (!take_name(words))
        return other;
    if (at_word(words, "REFRESH"))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "ALTER SUBSCRIPTION ... REFRESH"};
    bool is_set = take(words, "SET");
    if (is_set && (option_of(*words, "FAILOVER") != OPTION_ABSENT || option_of(*words, "TWO_PHASE") == OPTION_OFF))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "ALTER SUBSCRIPTION ... SET of a slot's option"};
    bool is_list = is_set || take(words, "ADD") || take(words, "DROP");
    if (is_list && at_word(words, "PUBLICATION") && option_of_with(*words, "REFRESH") != OPTION_OFF)
        return (struct verdict){STATEMENT_NO_TRANSACTION, "ALTER SUBSCRIPTION ... PUBLICATION with refresh"};
    return other;
}

static struct verdict of_alter_table(struct words *words)
{
    (void)take_two(words, "IF", "EXISTS");
    (void)take(words, "ONLY");
    if (!take_group(words) && !take_name(words))
        return other;
    if (words->token.kind == TOKEN_OPERATOR)
        step(words);
    if (!take_two(words, "DETACH", "PARTITION") || !take_name(words) || !at_word(words, "CONCURRENTLY"))
        return other;
    return (struct verdict){STATEMENT_CONCURRENTLY, "ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY"};
}

static struct verdict of_alter(struct words *words)
{
    if (at_word(words, "SYSTEM"))
        return (struct verdict){STATEMENT_NO_TRANSACTION, "ALTER SYSTEM"};
    if (take(words, "DATABASE"))
        return of_alter_database(words);
    if (take(words, "SUBSCRIPTION"))
        return of_alter_subscription(words);
    if (take(words, "TABLE"))
        return of_alter_table(words);
    return other;
}

static const struct {
    const char *word;
    struct verdict (*judge)(struct words *words); /* from the second word on */
} openings[] = {
    {"ABORT", of_rollback},    {"ALTER", of_alter}, {"BEGIN", of_begin},       {"CLUSTER", of_cluster},
    {"COMMIT", of_commit},     {"COPY", of_copy},   {"CREATE", of_create},     {"DISCARD", of_discard},
    {"DROP", of_drop},         {"END", of_commit},  {"PREPARE", of_prepare},   {"REINDEX", of_reindex},
    {"RELEASE", of_savepoint}, {"RESET", of_reset}, {"ROLLBACK", of_rollback}, {"SAVEPOINT", of_savepoint},
    {"SET", of_set},           {"START", of_start}, {"VACUUM", of_vacuum},
};

enum statement_kind statement_kind_of(const char *text, size_t size_bytes, const char **name)
{
    struct words words = {.lexer = {.at = text, .end = text + size_bytes}};
    struct verdict verdict = other;
    step(&words);
    for (size_t i = 0; i < countof(openings); i++) {
        if (!take(&words, openings[i].word))
            continue;
        verdict = openings[i].judge(&words);
        break;
    }
    if (name)
        *name = verdict.name;
    return verdict.kind;
}
