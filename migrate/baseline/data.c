/* See data.h. */
#include "migrate/baseline/data.h"

#include "migrate/baseline/links.h"
#include "migrate/baseline/plan.h"

struct writing {
    const struct data_source *source;
    struct data_script *script;
    struct data_plan *plans; /* in the order of the tables */
    size_t plan_count;
    const char **statements, **warnings;
    size_t statement_count, warning_count;
    TALLOC_CTX *memory;
};

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

static const char **grown(TALLOC_CTX *owner, const char **list, size_t count)
{
    return talloc_realloc(owner, list, const char *, (unsigned)count + 2);
}

static void add_statement(struct writing *writing, const char *text)
{
    writing->statements = grown(writing->script, writing->statements, writing->statement_count);
    writing->statements[writing->statement_count++] = text;
    writing->statements[writing->statement_count] = NULL;
}

static void warn(struct writing *writing, const char *text)
{
    writing->warnings = grown(writing->script, writing->warnings, writing->warning_count);
    writing->warnings[writing->warning_count++] = text;
    writing->warnings[writing->warning_count] = NULL;
}

/* ---- plans ---- */

static void add_plan(struct writing *writing, const struct row_table *table)
{
    writing->plans[writing->plan_count++] = (struct data_plan){
        .table = table,
        .volatile_table = volatility_of(writing->source->volatility, table),
        .texts = array_of(writing->memory, table->count * table->column_count, sizeof(const char *)),
        .levels = array_of(writing->memory, table->count, sizeof(size_t)),
        .memory = writing->memory,
    };
}

/* A value that nothing yields stays as this replay left it; said once for each column. */
static void decide_value(struct writing *writing, struct data_plan *plan, size_t row, size_t column)
{
    const struct row_column *facts = &plan->table->columns[column];
    const char **text = &plan->texts[row * plan->table->column_count + column];
    const char *value = rows_cell(plan->table, row, column);
    bool is_volatile = volatility_has(plan->volatile_table, row, column);
    bool is_role = value && writing->source->role && !strcmp(value, writing->source->role);
    if (*text || (!is_volatile && !is_role))
        return;
    if (facts->is_filled)
        *text = "DEFAULT";
    else if (is_role)
        *text = "CURRENT_USER";
    else
        *text = values_expression(writing->memory, facts, writing->source->server_version);
    if (*text)
        return;
    *text = values_literal(writing->memory, facts, value);
    warn(writing, talloc_asprintf(writing->script,
                                  "%s.%s of row %zu is another value at each replay, and nothing is known that yields "
                                  "it: the script has one of them",
                                  plan->table->identity, facts->quoted, row + 1));
}

static void make_plans(struct writing *writing)
{
    const struct row_set *rows = writing->source->rows;
    writing->plans = array_of(writing->memory, rows->count, sizeof *writing->plans);
    for (const char *const *identity = writing->source->tables; *identity; identity++) {
        const struct row_table *table = rows_find(rows, *identity);
        if (table && table->cells && table->count)
            add_plan(writing, table);
    }
    links_find(writing->plans, writing->plan_count);
    for (size_t i = 0; i < writing->plan_count; i++)
        for (size_t row = 0; row < writing->plans[i].table->count; row++)
            for (size_t column = 0; column < writing->plans[i].table->column_count; column++)
                decide_value(writing, &writing->plans[i], row, column);
}

/* ---- order of rows ---- */

struct sorted_row {
    const struct data_plan *plan;
    const struct row_key *key; /* or NULL: as they lie there */
    size_t row;
};

static int compare_rows(const void *one, const void *other)
{
    const struct sorted_row *a = one, *b = other;
    const struct row_table *table = a->plan->table;
    int order = 0;
    for (size_t i = 0; a->key && i < a->key->count && !order; i++) {
        size_t column = a->key->columns[i];
        order =
            values_compare(&table->columns[column], rows_cell(table, a->row, column), rows_cell(table, b->row, column));
    }
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static bool is_steady(const struct data_plan *plan, const struct row_key *key)
{
    for (size_t row = 0; row < plan->table->count; row++)
        for (size_t i = 0; i < key->count; i++)
            if (plan->texts[row * plan->table->column_count + key->columns[i]] ||
                !rows_cell(plan->table, row, key->columns[i]))
                return false;
    return true;
}

static struct sorted_row *sort_rows(struct writing *writing, const struct data_plan *plan)
{
    const struct row_table *table = plan->table;
    const struct row_key *key = NULL;
    struct sorted_row *rows = array_of(writing->memory, table->count, sizeof *rows);
    for (size_t i = 0; i < table->key_count && !key; i++)
        if (is_steady(plan, &table->keys[i]))
            key = &table->keys[i];
    for (size_t row = 0; row < table->count; row++)
        rows[row] = (struct sorted_row){plan, key, row};
    qsort(rows, table->count, sizeof *rows, compare_rows);
    return rows;
}

/* ---- statements ---- */

static const char *sql_of(const struct data_plan *plan, size_t row, size_t column)
{
    const struct row_table *table = plan->table;
    const char *text = plan->texts[row * table->column_count + column];
    return text ? text : values_literal(plan->memory, &table->columns[column], rows_cell(table, row, column));
}

/* Left out: what the server makes of the others, what it fills in for every row, what no row has. */
static bool is_written(const struct data_plan *plan, size_t column)
{
    const struct row_column *facts = &plan->table->columns[column];
    bool has_value = false, has_own = false;
    for (size_t row = 0; row < plan->table->count; row++) {
        const char *text = plan->texts[row * plan->table->column_count + column];
        has_own |= !text || strcmp(text, "DEFAULT") != 0;
        has_value |= text || rows_cell(plan->table, row, column);
    }
    return !facts->is_generated && has_own && (has_value || facts->has_default);
}

static char *head_of(struct writing *writing, const struct data_plan *plan, const bool *is_in, bool *has_columns)
{
    const struct row_table *table = plan->table;
    char *text = talloc_asprintf(writing->script, "INSERT INTO %s (", table->identity);
    bool is_overriding = false;
    *has_columns = false;
    for (size_t i = 0; i < table->column_count; i++) {
        if (!is_in[i])
            continue;
        text = talloc_asprintf_append_buffer(text, "%s%s", *has_columns ? ", " : "", table->columns[i].quoted);
        is_overriding |= table->columns[i].is_always;
        *has_columns = true;
    }
    return talloc_asprintf_append_buffer(text, ")%s VALUES", is_overriding ? " OVERRIDING SYSTEM VALUE" : "");
}

static char *add_row(char *text, const struct data_plan *plan, const bool *is_in, size_t row, bool is_first)
{
    bool is_begun = false;
    text = talloc_strdup_append_buffer(text, is_first ? "\n    (" : ",\n    (");
    for (size_t i = 0; i < plan->table->column_count; i++) {
        if (!is_in[i])
            continue;
        text = talloc_asprintf_append_buffer(text, "%s%s", is_begun ? ", " : "", sql_of(plan, row, i));
        is_begun = true;
    }
    return talloc_strdup_append_buffer(text, ")");
}

/* One level of a table's rows. */
static void write_level(struct writing *writing, const struct data_plan *plan, const struct sorted_row *rows,
                        const bool *is_in, size_t level)
{
    bool has_columns, is_first = true;
    char *text = head_of(writing, plan, is_in, &has_columns);
    for (size_t i = 0; i < plan->table->count; i++) {
        if (plan->levels[rows[i].row] != level)
            continue;
        if (!has_columns)
            add_statement(writing,
                          talloc_asprintf(writing->script, "INSERT INTO %s DEFAULT VALUES", plan->table->identity));
        else
            text = add_row(text, plan, is_in, rows[i].row, is_first);
        is_first = false;
    }
    if (has_columns && !is_first)
        add_statement(writing, text);
}

static void write_table(struct writing *writing, const struct data_plan *plan)
{
    size_t most = 0;
    bool *is_in = array_of(writing->memory, plan->table->column_count, sizeof *is_in);
    for (size_t i = 0; i < plan->table->column_count; i++)
        is_in[i] = is_written(plan, i);
    for (size_t row = 0; row < plan->table->count; row++)
        most = plan->levels[row] > most ? plan->levels[row] : most;
    const struct sorted_row *rows = sort_rows(writing, plan);
    for (size_t level = 0; level <= most; level++)
        write_level(writing, plan, rows, is_in, level);
}

struct data_script *data_write(TALLOC_CTX *owner, const struct data_source *source)
{
    struct data_script *script = talloc_zero(owner, struct data_script);
    struct writing writing = {.source = source, .script = script, .memory = talloc_new(script)};
    writing.statements = grown(script, NULL, 0);
    writing.warnings = grown(script, NULL, 0);
    *writing.statements = *writing.warnings = NULL;
    make_plans(&writing);
    for (size_t i = 0; i < writing.plan_count; i++)
        write_table(&writing, &writing.plans[i]);
    script->statements = writing.statements;
    script->warnings = writing.warnings;
    talloc_free(writing.memory);
    return script;
}
