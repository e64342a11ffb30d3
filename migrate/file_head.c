/* See file_head.h. The words are rows of a table; each takes the rest of its line. */
#include "migrate/file_head.h"

#include "migrate/lexer.h"
#include "store/settings.h"
#include "store/suggest.h"

/* A line of the head while its words are taken from its front. */
struct line {
    struct migration_file *file; /* NULL behind the head: nothing is taken there */
    const char *path;
    struct error *error;
    const char *start, *at, *end;
    int number;
};

static bool take_no_transaction(struct line *line);
static bool take_lock_timeout(struct line *line);
static bool take_statement_timeout(struct line *line);
static bool take_allow(struct line *line);

enum directive {
    DIRECTIVE_NO_TRANSACTION,
    DIRECTIVE_LOCK_TIMEOUT,
    DIRECTIVE_STATEMENT_TIMEOUT,
    DIRECTIVE_ALLOW,
    DIRECTIVE_COUNT
};

static const char *const names[DIRECTIVE_COUNT + 1] = {
    [DIRECTIVE_NO_TRANSACTION] = "no-transaction",
    [DIRECTIVE_LOCK_TIMEOUT] = "lock-timeout",
    [DIRECTIVE_STATEMENT_TIMEOUT] = "statement-timeout",
    [DIRECTIVE_ALLOW] = "allow",
};

static bool (*const takers[DIRECTIVE_COUNT])(struct line *line) = {
    [DIRECTIVE_NO_TRANSACTION] = take_no_transaction,
    [DIRECTIVE_LOCK_TIMEOUT] = take_lock_timeout,
    [DIRECTIVE_STATEMENT_TIMEOUT] = take_statement_timeout,
    [DIRECTIVE_ALLOW] = take_allow,
};

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }

static void skip_blanks(struct line *line)
{
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
}

/* Names the place of `at`. Returns false. */
static bool place(const struct line *line, const char *at)
{
    int column = 1;
    for (const char *c = line->start; c < at; c++)
        column += (*c & 0xC0) != 0x80;
    return error_place(line->error, line->path, line->number, column);
}

/* The next word, up to a blank; owner: the file. "" at the end of the line. */
static const char *take_word(struct line *line)
{
    skip_blanks(line);
    const char *start = line->at;
    while (line->at < line->end && !is_blank(*line->at))
        line->at++;
    return talloc_strndup(line->file, start, (size_t)(line->at - start));
}

/* What is left, without blanks around it; owner: the file. */
static const char *take_rest(struct line *line)
{
    skip_blanks(line);
    const char *start = line->at, *end = line->end;
    while (end > start && is_blank(end[-1]))
        end--;
    line->at = line->end;
    return talloc_strndup(line->file, start, (size_t)(end - start));
}

static bool take_no_transaction(struct line *line)
{
    skip_blanks(line);
    line->file->is_transactional = false;
    if (line->at == line->end)
        return true;
    error_set(line->error, ERROR_PROJECT, "nothing may follow \"no-transaction\"");
    error_hint(line->error, "Put the rest of the line into a comment of its own.");
    return place(line, line->at);
}

static bool take_duration(struct line *line, enum setting_id setting, int64_t *milliseconds)
{
    skip_blanks(line);
    const char *at = line->at;
    const char *text = take_rest(line);
    const struct setting *row = &settings_table[setting];
    if (settings_parse_duration(text, milliseconds) && *milliseconds >= row->minimum && *milliseconds <= row->maximum)
        return true;
    error_set(line->error, ERROR_PROJECT, "\"%s\" is not a duration from %lld to %lld ms", text,
              (long long)row->minimum, (long long)row->maximum);
    error_hint(line->error, "Write it as 500ms, 5s, 10min or 2h.");
    return place(line, at);
}

static bool take_lock_timeout(struct line *line)
{
    return take_duration(line, SETTING_lock_timeout, &line->file->lock_timeout_ms);
}

static bool take_statement_timeout(struct line *line)
{
    return take_duration(line, SETTING_statement_timeout, &line->file->statement_timeout_ms);
}

static bool refuse_repeated(const struct line *line, const char *at, const char *what, int first_line)
{
    error_set(line->error, ERROR_PROJECT, "\"%s\" is said twice", what);
    error_hint(line->error, "Take one of them out: line %d says it first.", first_line);
    return place(line, at);
}

/* Far above any use; without it a hostile file could ask for hours. */
enum { ALLOWANCES_MOST = 1000 };

static void add_allowance(struct migration_file *file, struct file_allowance allowance)
{
    size_t size = (file->allowance_count + 1) * sizeof allowance;
    struct file_allowance *items = talloc_size(file, size);
    for (size_t i = 0; i < file->allowance_count; i++)
        items[i] = file->allowances[i];
    items[file->allowance_count++] = allowance;
    file->allowances = items;
}

static bool take_allow(struct line *line)
{
    skip_blanks(line);
    const char *at = line->at;
    struct file_allowance allowance = {.hazard = take_word(line), .line = line->number};
    const char *because = take_word(line);
    allowance.reason = take_rest(line);
    if (strcmp(because, "because") != 0 || !*allowance.reason) {
        error_set(line->error, ERROR_PROJECT, "an allowance needs its hazard and its reason");
        error_hint(line->error, "Write: -- pgdeck: allow HAZARD because REASON");
        return place(line, at);
    }
    if (line->file->allowance_count == ALLOWANCES_MOST) {
        error_set(line->error, ERROR_PROJECT, "more than %d allowances", ALLOWANCES_MOST);
        error_hint(line->error, "Split the file.");
        return place(line, at);
    }
    for (size_t i = 0; i < line->file->allowance_count; i++)
        if (!strcmp(line->file->allowances[i].hazard, allowance.hazard))
            return refuse_repeated(line, at, allowance.hazard, line->file->allowances[i].line);
    add_allowance(line->file, allowance);
    return true;
}

/* Whether a comment (from its -- or slash and star on) is addressed to pgdeck; *rest is what follows. A comment that
 * only speaks of pgdeck is not, unless the next word is one of ours: then its colon was forgotten. */
static bool is_addressed(const char *comment, const char *end, const char **rest)
{
    static const char name[] = "PGDECK";
    const size_t length = sizeof name - 1;
    const char *at = comment + 2;
    while (at < end && is_blank(*at))
        at++;
    if ((size_t)(end - at) < length || !lexer_is_word(at, length, name))
        return false;
    at += length;
    const char *word = at;
    while (at < end && is_blank(*at))
        at++;
    *rest = at;
    if (at < end && *at == ':')
        return true;
    for (size_t i = 0; i < DIRECTIVE_COUNT && at > word; i++) {
        size_t size = strlen(names[i]);
        if ((size_t)(end - at) >= size && memcmp(at, names[i], size) == 0 && (at + size == end || is_blank(at[size])))
            return true;
    }
    return false;
}

static bool refuse_word(const struct line *line, const char *at, const char *word)
{
    const char *nearest = suggest_nearest(word, names);
    error_set(line->error, ERROR_PROJECT, "unknown word \"%s\" after \"-- pgdeck:\"", word);
    if (nearest)
        error_hint(line->error, "Did you mean \"%s\"?", nearest);
    else
        error_hint(line->error, "Known are no-transaction, lock-timeout, statement-timeout and allow.");
    return place(line, at);
}

/* first_lines: where each word was said first, or 0. */
static bool take_line(struct line *line, int first_lines[DIRECTIVE_COUNT])
{
    skip_blanks(line);
    if (line->at == line->end || !is_addressed(line->at, line->end, &line->at))
        return true;
    if (line->at == line->end || *line->at != ':') {
        error_set(line->error, ERROR_PROJECT, "a colon is missing after \"pgdeck\"");
        error_hint(line->error, "Write: -- pgdeck: %.*s", (int)(line->end - line->at), line->at);
        return place(line, line->at);
    }
    line->at++;
    skip_blanks(line);
    const char *at = line->at, *word = take_word(line);
    for (size_t i = 0; i < DIRECTIVE_COUNT; i++) {
        if (strcmp(word, names[i]) != 0)
            continue;
        if (first_lines[i] && i != DIRECTIVE_ALLOW)
            return refuse_repeated(line, at, word, first_lines[i]);
        first_lines[i] = line->number;
        return takers[i](line);
    }
    return refuse_word(line, at, word);
}

static bool is_head_line(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at == end || (end - at >= 2 && at[0] == '-' && at[1] == '-');
}

static bool refuse_late(const struct migration_file *file, const char *at, struct error *error)
{
    struct line line = {.path = file->path, .error = error, .start = file->text, .number = 1};
    for (const char *c = file->text; c < at; c++)
        if (*c == '\n') {
            line.start = c + 1;
            line.number++;
        }
    error_set(error, ERROR_PROJECT, "a line for pgdeck behind the head of the file, where it does nothing");
    error_hint(error, "Move it up: the head is the -- lines above the first statement.");
    return place(&line, at);
}

/* Looks for comments addressed to pgdeck behind the head; the data of COPY are no comments. */
static bool check_rest(const struct migration_file *file, const char *at, struct error *error)
{
    const struct statement_list *list = &file->statements;
    for (size_t i = 0; i <= list->count; i++) {
        const char *data = i < list->count ? list->items[i].copy_data : file->text + file->size_bytes;
        if (!data)
            continue;
        struct lexer lexer = {.at = at, .end = data};
        struct token token;
        const char *rest;
        do {
            lexer_next_or_comment(&lexer, &token);
            if (token.kind == TOKEN_COMMENT && is_addressed(token.text, lexer.at, &rest))
                return refuse_late(file, token.text, error);
        } while (token.kind != TOKEN_END);
        if (i < list->count)
            at = data + list->items[i].copy_size_bytes;
    }
    return true;
}

bool file_head_read(struct migration_file *file, struct error *error)
{
    struct line line = {.file = file, .path = file->path, .error = error};
    int first_lines[DIRECTIVE_COUNT] = {0};
    file->is_transactional = true;
    file->lock_timeout_ms = file->statement_timeout_ms = -1;
    const char *at = file->text, *end = file->text + file->size_bytes;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        line.start = line.at = at;
        line.end = newline ? newline : end;
        line.number++;
        if (!is_head_line(at, line.end))
            break;
        if (!take_line(&line, first_lines))
            return false;
        at = newline ? newline + 1 : end;
    }
    /* Nearly every file says nothing more: then the second reading is spared. */
    return !strcasestr(at, "pgdeck") || check_rest(file, at, error);
}
