/* See places.h. INSERT, COPY, UPDATE and MERGE name the table behind their first words; blocks and queries that hold an
 * INSERT are taken where they mention it. */
#include "migrate/baseline/places.h"

#include <ctype.h>
#include <strings.h>

#include "store/sql.h"

enum grade { GRADE_NONE, GRADE_MENTION, GRADE_MENTION_VALUE, GRADE_WRITE, GRADE_WRITE_VALUE };

struct search {
    TALLOC_CTX *memory;
    const char *schema, *name; /* as in the catalog */
    const char *const *values;
    enum grade best;
    struct baseline_place place;
};

/* ---- words ---- */

/* Whether a word of statement_words is this name. */
static bool is_name(TALLOC_CTX *memory, const char *word, const char *name)
{
    if (*word == '"')
        return !strcmp(word, sql_identifier(memory, name));
    for (const char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            return false;
    return !strcasecmp(word, name);
}

static bool is_any(const char *word, const char *const *names)
{
    while (*names && strcmp(*names, word) != 0)
        names++;
    return *names != NULL;
}

static bool names_table(const struct search *search, const char *const *words, size_t count)
{
    if (count >= 3 && !strcmp(words[1], "."))
        return is_name(search->memory, words[0], search->schema) && is_name(search->memory, words[2], search->name);
    return count >= 1 && is_name(search->memory, words[0], search->name);
}

static bool writes_table(const struct search *search, const char *const *words, size_t count)
{
    static const char *const verbs[] = {"INSERT", "COPY", "UPDATE", "MERGE", NULL};
    static const char *const between[] = {"INTO", "ONLY", NULL};
    size_t at = 1;
    if (!count || !is_any(words[0], verbs))
        return false;
    while (at < count && is_any(words[at], between))
        at++;
    return names_table(search, words + at, count - at);
}

static bool is_part_of_word(char c) { return isalnum((unsigned char)c) || c == '_' || (c & 0x80); }

/* Where `word` stands as a word of its own; NULL: nowhere. */
static const char *find_word(const char *text, size_t size_bytes, const char *word)
{
    size_t size = strlen(word);
    const char *end = text + size_bytes;
    for (const char *at = text; size && at + size <= end; at++)
        if (!strncasecmp(at, word, size) && (at == text || !is_part_of_word(at[-1])) &&
            (at + size == end || !is_part_of_word(at[size])))
            return at;
    return NULL;
}

static bool mentions_table(const struct search *search, const struct statement *statement, const char *const *words,
                           size_t count)
{
    static const char *const holders[] = {"DO", "WITH", "SELECT", "CALL", NULL};
    return count && is_any(words[0], holders) && find_word(statement->text, statement->size_bytes, "insert") &&
           find_word(statement->text, statement->size_bytes, search->name);
}

/* ---- values ---- */

static const char *find_value(const struct search *search, const struct statement *statement)
{
    for (const char *const *value = search->values; value && *value; value++) {
        const char *found = find_word(statement->text, statement->size_bytes, *value);
        if (!found && statement->copy_data)
            found = find_word(statement->copy_data, statement->copy_size_bytes, *value);
        if (found)
            return found;
    }
    return NULL;
}

/* COPY data stand in the same text, behind the statement. */
static int line_at(const struct statement *statement, const char *place)
{
    int line = statement->line;
    for (const char *at = statement->text; at < place; at++)
        line += *at == '\n';
    return line;
}

static void look_at(struct search *search, const char *file, const struct statement *statement)
{
    enum { WORDS_MOST = 8 };
    const char *words[WORDS_MOST];
    size_t count = statement_words(search->memory, statement, words, WORDS_MOST);
    enum grade grade = writes_table(search, words, count)                ? GRADE_WRITE
                       : mentions_table(search, statement, words, count) ? GRADE_MENTION
                                                                         : GRADE_NONE;
    if (grade == GRADE_NONE)
        return;
    const char *value = find_value(search, statement);
    grade += value ? 1 : 0;
    /* The last one counts, but of those with a value the first. */
    if (grade < search->best || (value && grade == search->best))
        return;
    search->best = grade;
    search->place = (struct baseline_place){file, value ? line_at(statement, value) : statement->line};
}

/* ---- asked by others ---- */

static bool begin(struct search *search, const char *table, const char *const *values)
{
    *search = (struct search){.memory = talloc_new(NULL), .values = values};
    struct error *error = error_new(search->memory);
    return sql_parse_qualified(search->memory, table, &search->schema, &search->name, error) && search->schema;
}

static void look_at_all(struct search *search, const char *file, const struct statement_list *statements)
{
    for (size_t i = 0; i < statements->count; i++)
        look_at(search, file, &statements->items[i]);
}

struct baseline_place places_in_script(const struct script *script, const char *table, const char *const *values)
{
    struct search search;
    if (begin(&search, table, values))
        look_at_all(&search, script->path, &script->statements);
    talloc_free(search.memory);
    return search.place;
}

struct baseline_place places_in_migrations(const struct directory *directory, const char *table,
                                           const char *const *values)
{
    struct search search;
    if (begin(&search, table, values))
        for (size_t i = 0; i < directory->count; i++)
            look_at_all(&search, directory->files[i]->path, &directory->files[i]->statements);
    talloc_free(search.memory);
    return search.place;
}
