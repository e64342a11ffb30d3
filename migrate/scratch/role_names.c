/* Which roles a statement names: by the places where SQL's grammar has a role, also inside the bodies of DO blocks and
 * functions. It may find one too many, which does no harm: a plain role more. */
#include "migrate/lexer.h"
#include "migrate/scratch/private.h"

/* Reads tokens and knows the one before. */
struct reader {
    TALLOC_CTX *owner;
    struct lexer lexer;
    struct token token, before, prior; /* and the two before it; TOKEN_END at the start */
    const char ***names;
    size_t *count;
};

static void step(struct reader *reader)
{
    reader->prior = reader->before;
    reader->before = reader->token;
    lexer_next(&reader->lexer, &reader->token);
}

static bool at(const struct reader *reader, const char *word) { return token_is(&reader->token, word); }

static bool take(struct reader *reader, const char *word)
{
    if (!at(reader, word))
        return false;
    step(reader);
    return true;
}

static bool at_end(const struct reader *reader)
{
    return reader->token.kind == TOKEN_END || reader->token.kind == TOKEN_UNTERMINATED ||
           token_is_symbol(&reader->token, ';');
}

/* "a""b" or 'a''b' without its quotes. */
static char *unquote(TALLOC_CTX *owner, const char *text, size_t size_bytes, char quote)
{
    char *name = talloc_size(owner, size_bytes);
    size_t size = 0;
    for (size_t i = 1; i + 1 < size_bytes; i++) {
        name[size++] = text[i];
        if (text[i] == quote)
            i++;
    }
    name[size] = '\0';
    return name;
}

/* As the catalog has it, or NULL where it is no plain name. */
static char *name_of(TALLOC_CTX *owner, const struct token *token)
{
    static const char *const stand_ins[] = {"PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER",
                                            "USER",   "NONE",         "DEFAULT"};
    if ((token->kind == TOKEN_QUOTED && *token->text == '"') || (token->kind == TOKEN_STRING && *token->text == '\''))
        return unquote(owner, token->text, token->size_bytes, *token->text);
    if (token->kind != TOKEN_WORD)
        return NULL;
    for (size_t i = 0; i < countof(stand_ins); i++)
        if (token_is(token, stand_ins[i]))
            return NULL;
    char *name = talloc_strndup(owner, token->text, token->size_bytes);
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + ('a' - 'A'));
    return name;
}

static void add(struct reader *reader, const struct token *token)
{
    char *name = name_of(reader->owner, token);
    for (size_t i = 0; name && i < *reader->count; i++)
        if (!strcmp((*reader->names)[i], name))
            name = NULL;
    if (!name)
        return;
    *reader->names = talloc_realloc(reader->owner, *reader->names, const char *, (unsigned)*reader->count + 1);
    (*reader->names)[(*reader->count)++] = name;
}

/* a, GROUP b, "c" */
static void take_list(struct reader *reader)
{
    do {
        (void)take(reader, "GROUP");
        if (at_end(reader))
            return;
        add(reader, &reader->token);
        step(reader);
    } while (token_is_symbol(&reader->token, ',') && (step(reader), true));
}

/* GRANT ... TO a, b; REVOKE ... FROM a, b; without ON what is granted are roles, too. */
static void take_grant(struct reader *reader)
{
    struct reader ahead = *reader;
    bool has_on = false;
    for (; !at_end(&ahead) && !at(&ahead, "TO") && !at(&ahead, "FROM"); step(&ahead))
        has_on = has_on || at(&ahead, "ON");
    if (at_end(&ahead))
        return;
    if (!has_on)
        take_list(reader);
    while (!at_end(reader) && !at(reader, "TO") && !at(reader, "FROM"))
        step(reader);
    step(reader);
    take_list(reader);
}

/* CREATE POLICY ... TO a, b USING ...; ALTER POLICY ... RENAME TO is no role. */
static void take_policy(struct reader *reader)
{
    for (; !at_end(reader) && !at(reader, "USING") && !at(reader, "WITH"); step(reader)) {
        if (!at(reader, "TO") || token_is(&reader->before, "RENAME"))
            continue;
        step(reader);
        take_list(reader);
        return;
    }
}

/* Behind these a statement begins; elsewhere SET is that of an UPDATE, whose columns may be called anything. */
static bool is_beginning(const struct token *token)
{
    return token->kind == TOKEN_END || token_is_symbol(token, ';') || token_is(token, "BEGIN") ||
           token_is(token, "THEN") || token_is(token, "ELSE") || token_is(token, "LOOP");
}

/* SET [LOCAL | SESSION] ROLE [TO | =] a */
static void take_set(struct reader *reader)
{
    if (!is_beginning(&reader->prior))
        return;
    if (!take(reader, "LOCAL"))
        (void)take(reader, "SESSION");
    (void)take(reader, "AUTHORIZATION");
    (void)take(reader, "ROLE");
    if (!token_is(&reader->before, "AUTHORIZATION") && !token_is(&reader->before, "ROLE"))
        return;
    if (!take(reader, "TO") && reader->token.kind == TOKEN_OPERATOR)
        step(reader);
    add(reader, &reader->token);
}

/* OWNED BY a, b [TO c], behind DROP and REASSIGN; that of a sequence names a column. */
static void take_owned(struct reader *reader)
{
    if (!take(reader, "OWNED") || !take(reader, "BY"))
        return;
    take_list(reader);
    if (take(reader, "TO"))
        add(reader, &reader->token);
}

/* CREATE, ALTER, DROP ROLE [IF EXISTS] a, b */
static void take_role(struct reader *reader)
{
    if (at(reader, "OWNED")) {
        take_owned(reader);
        return;
    }
    if (!take(reader, "ROLE") && !take(reader, "USER") && !take(reader, "GROUP"))
        return;
    if (at(reader, "MAPPING") || at(reader, "ALL"))
        return;
    if (take(reader, "IF")) {
        (void)take(reader, "NOT");
        (void)take(reader, "EXISTS");
    }
    take_list(reader);
}

/* FOR ROLE a, b, of default privileges */
static void take_for(struct reader *reader)
{
    if (take(reader, "ROLE") || take(reader, "USER"))
        take_list(reader);
}

/* USER MAPPING [IF NOT EXISTS] FOR a */
static void take_mapping(struct reader *reader)
{
    while (at(reader, "IF") || at(reader, "NOT") || at(reader, "EXISTS"))
        step(reader);
    if (take(reader, "FOR"))
        add(reader, &reader->token);
}

static void take_owner(struct reader *reader)
{
    if (take(reader, "TO"))
        add(reader, &reader->token);
}

static void take_authorization(struct reader *reader) { add(reader, &reader->token); }

static const struct {
    const char *word;
    void (*read)(struct reader *reader); /* from behind the word */
} places[] = {
    {"GRANT", take_grant}, {"REVOKE", take_grant},   {"POLICY", take_policy},   {"SET", take_set},
    {"CREATE", take_role}, {"ALTER", take_role},     {"DROP", take_role},       {"FOR", take_for},
    {"OWNER", take_owner}, {"REASSIGN", take_owned}, {"MAPPING", take_mapping}, {"AUTHORIZATION", take_authorization},
};

/* What stands between the quotes of 'text' or $tag$text$tag$; false for other strings. */
static bool open_string(const struct token *token, const char **text, size_t *size_bytes)
{
    size_t skip = 1;
    if (*token->text == '$')
        skip = (size_t)((const char *)memchr(token->text + 1, '$', token->size_bytes - 1) - token->text) + 1;
    else if (*token->text != '\'')
        return false;
    *text = token->text + skip;
    *size_bytes = token->size_bytes - 2 * skip;
    return token->size_bytes >= 2 * skip;
}

/* Bodies, and what they EXECUTE; elsewhere a string is data. */
enum strings { STRINGS_ARE_DATA, STRINGS_ARE_CODE };

static void read_names(TALLOC_CTX *owner, const char *text, size_t size_bytes, enum strings strings,
                       const char ***names, size_t *count)
{
    struct reader reader = {
        .owner = owner, .lexer = {.at = text, .end = text + size_bytes}, .names = names, .count = count};
    for (step(&reader); reader.token.kind != TOKEN_END && reader.token.kind != TOKEN_UNTERMINATED;) {
        const char *inside;
        size_t inside_size, i = 0;
        if (strings == STRINGS_ARE_CODE && reader.token.kind == TOKEN_STRING &&
            open_string(&reader.token, &inside, &inside_size))
            read_names(owner, inside, inside_size, STRINGS_ARE_CODE, names, count);
        while (i < countof(places) && !at(&reader, places[i].word))
            i++;
        step(&reader);
        if (i < countof(places))
            places[i].read(&reader);
    }
}

/* DO, or CREATE ... FUNCTION or PROCEDURE. */
static enum strings strings_of(const char *text, size_t size_bytes)
{
    struct lexer lexer = {.at = text, .end = text + size_bytes};
    struct token token;
    lexer_next(&lexer, &token);
    if (token_is(&token, "DO"))
        return STRINGS_ARE_CODE;
    bool is_create = token_is(&token, "CREATE");
    for (int i = 0; is_create && i < 3; i++) {
        lexer_next(&lexer, &token);
        if (token_is(&token, "FUNCTION") || token_is(&token, "PROCEDURE"))
            return STRINGS_ARE_CODE;
    }
    return STRINGS_ARE_DATA;
}

void role_names_add(TALLOC_CTX *owner, const char *text, size_t size_bytes, const char ***names, size_t *count)
{
    read_names(owner, text, size_bytes, strings_of(text, size_bytes), names, count);
}
