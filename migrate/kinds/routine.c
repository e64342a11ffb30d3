/* See routine.h. The clauses stand in the order of pg_get_functiondef. */
#include "migrate/kinds/routine.h"

#include "store/sql.h"

static const struct routine_object *routine_of(const struct object *object)
{
    return (const struct routine_object *)object;
}

const char *routine_phrase(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "%s %s", object->kind->noun, routine_of(object)->signature);
}

/* ---- the statement ---- */

/* A tag that the body does not hold. Source: pg_get_functiondef. */
static const char *dollar_tag(TALLOC_CTX *owner, const struct object *object, const char *body)
{
    char *tag = talloc_asprintf(owner, "$%s", object->kind->name);
    while (strstr(body, tag))
        tag = talloc_asprintf_append(tag, "x");
    return talloc_asprintf_append(tag, "$");
}

static char *add_body(char *text, const struct object *object)
{
    const struct routine_object *routine = routine_of(object);
    if (routine->sql_body)
        return talloc_asprintf_append(text, "\n%s", routine->sql_body);
    text = talloc_asprintf_append(text, "\nAS ");
    if (routine->library)
        text = talloc_asprintf_append(text, "%s, ", sql_literal(text, routine->library));
    const char *tag = dollar_tag(text, object, routine->body);
    return talloc_asprintf_append(text, "%s%s%s", tag, routine->body, tag);
}

static const char *capitals(TALLOC_CTX *owner, const char *word)
{
    char *copy = talloc_strdup(owner, word ? word : "");
    for (char *c = copy; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    return copy;
}

/* What follows LANGUAGE and TRANSFORM, on one line. What is as PostgreSQL has it without a word is not said. */
static char *add_attributes(char *text, const struct routine_object *routine)
{
    const struct {
        const char *value, *usual, *word, *argument;
    } clauses[] = {
        {routine->window, "false", "WINDOW", ""},
        {routine->volatility, "volatile", "", capitals(text, routine->volatility)},
        {routine->strict, "false", "STRICT", ""},
        {routine->security_definer, "false", "SECURITY DEFINER", ""},
        {routine->leakproof, "false", "LEAKPROOF", ""},
        {routine->parallel, "unsafe", "PARALLEL ", capitals(text, routine->parallel)},
        {routine->cost, "", "COST ", routine->cost},
        {routine->rows, "", "ROWS ", routine->rows},
        {routine->support, "", "SUPPORT ", routine->support},
    };
    char *line = talloc_strdup(text, "");
    for (size_t i = 0; i < countof(clauses); i++)
        if (clauses[i].value && strcmp(clauses[i].value, clauses[i].usual) != 0)
            line = talloc_asprintf_append(line, " %s%s", clauses[i].word, clauses[i].argument);
    return *line ? talloc_asprintf_append(text, "\n%s", line) : text;
}

static char *add_settings(char *text, const struct routine_object *routine)
{
    return routine->settings ? talloc_asprintf_append(text, "\n %s", routine->settings) : text;
}

static void write_routine(struct emission *emission, const struct object *object, const char *verb)
{
    const struct routine_object *routine = routine_of(object);
    char *text = talloc_asprintf(emission_memory(emission), "%s %s %s", verb, object->kind->noun, routine->declaration);
    if (routine->returns)
        text = talloc_asprintf_append(text, "\n RETURNS %s", routine->returns);
    text = talloc_asprintf_append(text, "\n LANGUAGE %s", routine->language);
    if (routine->transforms)
        text = talloc_asprintf_append(text, "\n TRANSFORM %s", routine->transforms);
    text = add_attributes(text, routine);
    text = add_settings(text, routine);
    text = add_body(text, object);
    emit(emission, EMIT_PLAIN, "%s", text);
}

void routine_create(struct emission *emission, const struct object *object)
{
    write_routine(emission, object, "CREATE");
}

void routine_alter(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    write_routine(emission, to, "CREATE OR REPLACE");
}

/* ---- what CREATE OR REPLACE refuses. Source: ProcedureCreate in pg_proc.c ---- */

bool routine_renames_arguments(const struct object *from, const struct object *to)
{
    const struct routine_object *old = routine_of(from), *new = routine_of(to);
    return kind_is_true(old->is_named) || !kind_same_text(old->shape, new->shape);
}

/* Fewer defaults, or one that may be of another type, as that of a polymorphic argument. */
bool routine_takes_defaults(const struct object *from, const struct object *to)
{
    const struct routine_object *old = routine_of(from), *new = routine_of(to);
    return strtol(new->default_count, NULL, 10) < strtol(old->default_count, NULL, 10) ||
           (old->defaults && old->shape && strstr(old->shape, "any"));
}

bool routine_is_same_sql_body(const struct object *from, const struct object *to)
{
    return !routine_of(from)->sql_body || !routine_of(to)->sql_body;
}

/* All that the catalog knows a routine to need is in its signature, its defaults or its parsed body: it cannot stay
 * while any of it goes. */
bool routine_is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }
