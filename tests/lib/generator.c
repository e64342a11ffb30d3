/* See generator.h. */
#include "tests/lib/generator.h"

#include <glob.h>

#define FOLDER "tests/db/cases/"
#define CHANGES_MOST 8

/* What every text may count on: roles of the cluster, and a tablespace. */
static const char prelude[] = "CREATE ROLE random_reader;\nCREATE ROLE \"random Writer\";\n";

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t draw_below(uint64_t *state, size_t limit) { return (size_t)(next_random(state) % limit); }

/* ---- the grammars ---- */

static char *read_text(TALLOC_CTX *owner, const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = talloc_strdup(owner, ""), buffer[8192];
    for (size_t size; file && (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    if (file)
        fclose(file);
    return text;
}

struct generator *generator_load(TALLOC_CTX *owner, const char **report)
{
    struct generator *generator = talloc_zero(owner, struct generator);
    glob_t found = {0};
    bool is_good = glob(FOLDER "*/random*.sql", 0, NULL, &found) == 0;
    if (!is_good)
        *report = FOLDER "*/random*.sql: there is none";
    generator->grammars = talloc_zero_array(generator, struct grammar *, (unsigned)found.gl_pathc + 1);
    for (size_t i = 0; is_good && i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        char *name = talloc_strndup(generator, path + strlen(FOLDER), strlen(path) - strlen(FOLDER) - strlen(".sql"));
        struct grammar *grammar = grammar_parse(generator, name, read_text(generator, path), report);
        generator->grammars[generator->count++] = grammar;
        is_good = grammar;
    }
    globfree(&found);
    return is_good ? generator : NULL;
}

/* ---- drawing ---- */

/* Whether changing it says something: it has a tag. */
static bool may_change(const struct grammar_choice *choice) { return choice->kind && choice->option_count > 1; }

/* An object as a whole is there (the first option) more often than not. */
static size_t draw_option(uint64_t *state, const struct grammar_choice *choice)
{
    bool is_object = choice->kind && !choice->attribute;
    if (is_object && draw_below(state, 2))
        return 0;
    return draw_below(state, choice->option_count);
}

static struct specimen draw(TALLOC_CTX *owner, const struct grammar *grammar, size_t number, uint64_t *state)
{
    struct specimen specimen = {.grammar = grammar, .changed = GRAMMAR_NO_PARENT};
    specimen.schema = talloc_asprintf(owner, "s%03zu", number);
    specimen.from = talloc_zero_array(owner, size_t, (unsigned)grammar->choice_count + 1);
    for (size_t i = 0; i < grammar->choice_count; i++)
        specimen.from[i] = draw_option(state, &grammar->choices[i]);
    specimen.to = talloc_memdup(owner, specimen.from, sizeof(size_t) * (grammar->choice_count + 1));
    return specimen;
}

static void change_something(struct specimen *specimen, uint64_t *state)
{
    const struct grammar *grammar = specimen->grammar;
    size_t changes = 1 + draw_below(state, CHANGES_MOST);
    for (size_t tries = 0; changes && tries < 200; tries++) {
        size_t i = draw_below(state, grammar->choice_count);
        if (!may_change(&grammar->choices[i]) || !grammar_is_visible(grammar, specimen->to, i))
            continue;
        specimen->to[i] = (specimen->to[i] + 1 + draw_below(state, grammar->choices[i].option_count - 1)) %
                          grammar->choices[i].option_count;
        changes--;
    }
}

struct specimens generator_draw(TALLOC_CTX *owner, const struct generator *generator, uint64_t seed)
{
    struct specimens specimens = {talloc_zero_array(owner, struct specimen, (unsigned)generator->count), 0};
    for (size_t i = 0; i < generator->count; i++) {
        uint64_t state = seed * 1000003u + i;
        struct specimen *specimen = &specimens.items[specimens.count++];
        *specimen = draw(owner, generator->grammars[i], i, &state);
        change_something(specimen, &state);
    }
    return specimens;
}

/* ---- single changes ---- */

struct single {
    const struct grammar *grammar;
    size_t choice, option;
};

static size_t options_of(const struct grammar_choice *choice)
{
    /* Between two options both directions are tried anyway. */
    return !may_change(choice) ? 0 : choice->option_count == 2 ? 1 : choice->option_count;
}

size_t generator_single_count(const struct generator *generator)
{
    size_t count = 0;
    for (size_t i = 0; i < generator->count; i++)
        for (size_t k = 0; k < generator->grammars[i]->choice_count; k++)
            count += options_of(&generator->grammars[i]->choices[k]);
    return count;
}

static struct single find_single(const struct generator *generator, size_t number)
{
    for (size_t i = 0; i < generator->count; i++)
        for (size_t k = 0; k < generator->grammars[i]->choice_count; k++) {
            size_t options = options_of(&generator->grammars[i]->choices[k]);
            if (number < options)
                return (struct single){generator->grammars[i], k, number};
            number -= options;
        }
    return (struct single){0};
}

static bool has_room(const struct specimens *specimens, const struct grammar *grammar)
{
    for (size_t i = 0; grammar->limit == GRAMMAR_ONCE && i < specimens->count; i++)
        if (specimens->items[i].grammar == grammar)
            return false;
    return true;
}

struct specimens generator_singles(TALLOC_CTX *owner, const struct generator *generator, uint64_t seed, size_t first,
                                   size_t most, size_t *next)
{
    struct specimens specimens = {talloc_zero_array(owner, struct specimen, (unsigned)most), 0};
    size_t total = generator_single_count(generator);
    for (*next = first; *next < total && specimens.count < most; ++*next) {
        struct single single = find_single(generator, *next);
        if (!has_room(&specimens, single.grammar))
            break;
        uint64_t state = seed * 1000003u + *next;
        struct specimen specimen = draw(owner, single.grammar, specimens.count, &state);
        grammar_show(single.grammar, specimen.from, single.choice);
        specimen.from[single.choice] = single.option;
        memcpy(specimen.to, specimen.from, sizeof(size_t) * single.grammar->choice_count);
        specimen.to[single.choice] = (single.option + 1) % single.grammar->choices[single.choice].option_count;
        specimen.changed = single.choice;
        specimens.items[specimens.count++] = specimen;
    }
    return specimens;
}

/* ---- SQL ---- */

char *generator_sql(TALLOC_CTX *owner, const struct specimens *specimens, enum specimen_side side)
{
    char *text = talloc_strdup(owner, prelude);
    for (size_t i = 0; i < specimens->count; i++) {
        const struct specimen *specimen = &specimens->items[i];
        char *part = grammar_write(text, specimen->grammar, side == SPECIMEN_FROM ? specimen->from : specimen->to,
                                   specimen->schema);
        text = talloc_asprintf_append_buffer(text, "\n-- %s\n%s", specimen->grammar->name, part);
    }
    return text;
}

/* "§.t.c, §.u" with the schema's name in place. */
static const char *replace_schema(TALLOC_CTX *owner, const char *text, const char *schema)
{
    const char *mark = strstr(text, "§");
    return mark ? talloc_asprintf(owner, "%.*s%s%s", (int)(mark - text), text, schema,
                                  replace_schema(owner, mark + strlen("§"), schema))
                : text;
}

const char *const *generator_lost(TALLOC_CTX *owner, const struct specimens *specimens)
{
    const char **words = talloc_zero_array(owner, const char *, 1);
    unsigned count = 0;
    for (size_t i = 0; i < specimens->count; i++) {
        const char *loses = specimens->items[i].grammar->loses;
        char *rest = loses ? talloc_strdup(owner, replace_schema(owner, loses, specimens->items[i].schema)) : NULL;
        for (char *word; rest && (word = strsep(&rest, ", "));)
            if (*word) {
                words = talloc_realloc(owner, words, const char *, count + 2);
                words[count++] = word;
                words[count] = NULL;
            }
    }
    return words;
}
