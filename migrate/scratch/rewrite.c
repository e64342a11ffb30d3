/* See rewrite.h. What is taken away becomes blanks, so that the server's positions stay right. */
#include "migrate/scratch/rewrite.h"

#include "migrate/lexer.h"

struct edit {
    char *text;
    struct lexer lexer;
    struct token token, before;
};

static struct edit edit_of(TALLOC_CTX *owner, const struct statement *statement)
{
    struct edit edit = {.text = talloc_strndup(owner, statement->text, statement->size_bytes)};
    edit.lexer = (struct lexer){.at = edit.text, .end = edit.text + statement->size_bytes};
    lexer_next(&edit.lexer, &edit.token);
    return edit;
}

static void step(struct edit *edit)
{
    edit->before = edit->token;
    lexer_next(&edit->lexer, &edit->token);
}

static bool at(const struct edit *edit, const char *word) { return token_is(&edit->token, word); }

static bool at_end(const struct edit *edit)
{
    return edit->token.kind == TOKEN_END || edit->token.kind == TOKEN_UNTERMINATED;
}

/* Newlines stay: they count lines. */
static void blank(struct edit *edit, const char *from, const char *to)
{
    for (char *c = edit->text + (from - edit->text); c < to; c++)
        if (*c != '\n')
            *c = ' ';
}

char *rewrite_without_tablespace(TALLOC_CTX *owner, const struct statement *statement)
{
    struct edit edit = edit_of(owner, statement);
    bool is_alter = at(&edit, "ALTER"), is_changed = false;
    const char *from = NULL; /* of USING INDEX TABLESPACE x */
    for (; !at_end(&edit); step(&edit)) {
        if (at(&edit, "USING"))
            from = edit.token.text;
        if (!at(&edit, "TABLESPACE"))
            continue;
        if (is_alter && token_is(&edit.before, "SET"))
            return talloc_strdup(owner, "");
        if (!token_is(&edit.before, "INDEX"))
            from = edit.token.text;
        step(&edit);
        blank(&edit, from, edit.token.text + edit.token.size_bytes);
        is_changed = true;
    }
    return is_changed ? edit.text : NULL;
}

char *rewrite_without_leakproof(TALLOC_CTX *owner, const struct statement *statement)
{
    struct edit edit = edit_of(owner, statement);
    bool is_routine = false;
    if (!at(&edit, "CREATE") && !at(&edit, "ALTER"))
        return NULL;
    for (; !at_end(&edit); step(&edit)) {
        is_routine = is_routine || at(&edit, "FUNCTION") || at(&edit, "ROUTINE");
        if (is_routine && at(&edit, "LEAKPROOF") && !token_is(&edit.before, "NOT"))
            return talloc_asprintf(owner, "%.*sNOT %s", (int)(edit.token.text - edit.text), edit.text, edit.token.text);
    }
    return NULL;
}

/* Whether a statement of a body is about roles, which begins at the current token. */
static bool is_of_roles(struct edit edit)
{
    static const char *const kinds[] = {"ROLE", "USER", "GROUP"};
    if (at(&edit, "EXECUTE")) { /* 'CREATE ROLE ...', format('CREATE ROLE ...') */
        while (!at_end(&edit) && edit.token.kind != TOKEN_STRING && !token_is_symbol(&edit.token, ';'))
            step(&edit);
        if (edit.token.kind != TOKEN_STRING || *edit.token.text != '\'')
            return false;
        edit.lexer = (struct lexer){.at = edit.token.text + 1, .end = edit.token.text + edit.token.size_bytes - 1};
        step(&edit);
    }
    if (at(&edit, "GRANT") || at(&edit, "REVOKE")) {
        while (!at_end(&edit) && !at(&edit, "ON") && !at(&edit, "TO") && !at(&edit, "FROM") &&
               !token_is_symbol(&edit.token, ';'))
            step(&edit);
        return at(&edit, "TO") || at(&edit, "FROM");
    }
    if (!at(&edit, "CREATE") && !at(&edit, "ALTER") && !at(&edit, "DROP"))
        return false;
    step(&edit);
    for (size_t i = 0; i < countof(kinds); i++)
        if (at(&edit, kinds[i])) {
            step(&edit);
            return !at(&edit, "MAPPING");
        }
    return false;
}

/* Behind these a statement of PL/pgSQL begins. */
static bool begins(const struct token *before)
{
    return token_is_symbol(before, ';') || token_is(before, "BEGIN") || token_is(before, "THEN") ||
           token_is(before, "ELSE") || token_is(before, "LOOP");
}

static bool blank_roles(struct edit *edit)
{
    bool is_changed = false;
    for (; !at_end(edit); step(edit)) {
        if (!begins(&edit->before) || !is_of_roles(*edit))
            continue;
        const char *from = edit->token.text;
        while (!at_end(edit) && !token_is_symbol(&edit->token, ';'))
            step(edit);
        blank(edit, from, edit->token.text);
        memcpy(edit->text + (from - edit->text), "NULL", 4);
        is_changed = true;
    }
    return is_changed;
}

char *rewrite_without_roles(TALLOC_CTX *owner, const struct statement *statement)
{
    struct edit edit = edit_of(owner, statement);
    if (!at(&edit, "DO"))
        return NULL;
    for (step(&edit); !at_end(&edit); step(&edit)) {
        if (edit.token.kind != TOKEN_STRING || *edit.token.text != '$')
            continue;
        const char *open = memchr(edit.token.text + 1, '$', edit.token.size_bytes - 1);
        size_t skip = (size_t)(open - edit.token.text) + 1;
        struct edit body = {.text = edit.text};
        body.lexer =
            (struct lexer){.at = edit.token.text + skip, .end = edit.token.text + edit.token.size_bytes - skip};
        step(&body);
        return blank_roles(&body) ? edit.text : NULL;
    }
    return NULL;
}

char *rewrite_as_role(TALLOC_CTX *owner, const struct statement *statement)
{
    struct edit edit = edit_of(owner, statement);
    if (!at(&edit, "SET"))
        return NULL;
    step(&edit);
    bool is_local = at(&edit, "LOCAL");
    if (is_local)
        step(&edit);
    if (!at(&edit, "SESSION"))
        return NULL;
    step(&edit);
    if (at(&edit, "SESSION"))
        step(&edit);
    if (!at(&edit, "AUTHORIZATION"))
        return NULL;
    return talloc_asprintf(owner, "SET %sROLE %s", is_local ? "LOCAL " : "", edit.token.text + edit.token.size_bytes);
}
