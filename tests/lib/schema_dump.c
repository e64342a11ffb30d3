/* See schema_dump.h. */
#include "tests/lib/schema_dump.h"

#include <stdlib.h>

#define DIFFERENCES_SHOWN 4

/* "-- Name: t; Type: TABLE; Schema: app; Owner: -" and what follows it, in lines. */
struct entry {
    const char *name;
    const char **lines;
    size_t count;
};

struct schema_dump {
    FILE *output;     /* of pg_dump while it runs */
    const char *text; /* as it came */
    struct entry *entries;
    size_t count;
};

static int close_output(struct schema_dump *dump)
{
    if (dump->output)
        pclose(dump->output);
    return 0;
}

struct schema_dump *schema_dump_start(TALLOC_CTX *owner, struct test_server *server, const char *database,
                                      enum dump_privileges privileges)
{
    struct schema_dump *dump = talloc_zero(owner, struct schema_dump);
    const char *command = talloc_asprintf(dump, "'%s/pg_dump' -s -O %s -h '%s' -p 5432 -U postgres -d %s 2>&1",
                                          test_server_binaries(server), privileges == DUMP_WITH_PRIVILEGES ? "" : "-x",
                                          test_server_host(server), database);
    dump->output = popen(command, "re");
    talloc_set_destructor(dump, close_output);
    return dump;
}

/* ---- taking it apart ---- */

static bool starts(const char *text, const char *prefix) { return !strncmp(text, prefix, strlen(prefix)); }

/* Lines that are no fact of the schema. */
static bool is_noise(const char *line)
{
    static const char *const noise[] = {"\\restrict ",
                                        "\\unrestrict ",
                                        "SET default_tablespace = ",
                                        "SET default_table_access_method = ",
                                        "-- PostgreSQL database dump",
                                        "--"};
    for (size_t i = 0; i + 1 < countof(noise); i++)
        if (starts(line, noise[i]))
            return true;
    return !*line || !strcmp(line, noise[countof(noise) - 1]);
}

/* Skips a quoted name or literal. */
static const char *skip_quoted(const char *at)
{
    char quote = *at++;
    while (*at && *at != quote)
        at++;
    return *at ? at + 1 : at;
}

/* Where a part of a list ends: the comma or the closing parenthesis. */
static const char *part_end(const char *at)
{
    int depth = 0;
    while (*at && !(depth == 0 && (*at == ',' || *at == ')'))) {
        depth += (*at == '(') - (*at == ')');
        at = *at == '\'' || *at == '"' ? skip_quoted(at) : at + 1;
    }
    return at;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void sort_lines(const char **lines, size_t count) { qsort(lines, count, sizeof *lines, compare_texts); }

static void add_line(struct schema_dump *dump, struct entry *entry, const char *line)
{
    entry->lines = talloc_realloc(dump, entry->lines, const char *, (unsigned)entry->count + 1);
    entry->lines[entry->count++] = line;
}

/* The columns and constraints of CREATE TABLE one by one, sorted. Returns what follows them. */
static const char *take_columns(struct schema_dump *dump, struct entry *entry, const char *at)
{
    size_t first = entry->count;
    while (*at && *at != ')') {
        at += strspn(at, " \n,");
        const char *end = part_end(at);
        size_t size_bytes = (size_t)(end - at);
        while (size_bytes && strchr(" \n", at[size_bytes - 1]))
            size_bytes--;
        add_line(dump, entry, talloc_asprintf(dump, "    %.*s", (int)size_bytes, at));
        at = end;
    }
    sort_lines(entry->lines + first, entry->count - first);
    return at;
}

/* WITH (fillfactor='70', autovacuum_enabled='false'): options stand in the order in which they were set. */
static char *with_sorted_options(struct schema_dump *dump, char *line)
{
    static const char *const words[] = {"WITH (", "SET ("};
    char *open = NULL;
    for (size_t i = 0; i < countof(words) && !open; i++)
        if ((open = strstr(line, words[i])))
            open += strlen(words[i]);
    if (!open)
        return line;
    const char **options = NULL;
    size_t count = 0;
    const char *at = open;
    for (const char *end; *at && *at != ')'; at = end) {
        at += strspn(at, ", ");
        end = part_end(at);
        options = talloc_realloc(dump, options, const char *, (unsigned)count + 1);
        options[count++] = talloc_strndup(dump, at, (size_t)(end - at));
    }
    if (count)
        sort_lines(options, count);
    char *result = talloc_strndup(dump, line, (size_t)(open - line));
    for (size_t i = 0; i < count; i++)
        result = talloc_asprintf_append(result, "%s%s", i ? ", " : "", options[i]);
    return talloc_strdup_append(result, at);
}

static void take_lines(struct schema_dump *dump, struct entry *entry, const char *at)
{
    while (*at) {
        size_t size_bytes = strcspn(at, "\n");
        /* Nor is the end of lines in a body, of a file that was checked out on Windows. */
        char *line = talloc_strndup(dump, at, size_bytes - (size_bytes && at[size_bytes - 1] == '\r'));
        if (!is_noise(line))
            add_line(dump, entry, with_sorted_options(dump, line));
        at += size_bytes + (at[size_bytes] == '\n');
    }
}

static bool is_table(const struct entry *entry)
{
    return strstr(entry->name, "; Type: TABLE; ") || strstr(entry->name, "; Type: FOREIGN TABLE; ");
}

static void take_body(struct schema_dump *dump, struct entry *entry, char *body)
{
    char *columns = is_table(entry) ? strstr(body, " (\n") : NULL;
    if (columns) {
        columns[2] = '\0';
        take_lines(dump, entry, body);
        const char *rest = take_columns(dump, entry, columns + 3);
        size_t first = entry->count;
        take_lines(dump, entry, rest);
        sort_lines(entry->lines + first, entry->count - first); /* SET STORAGE and the like, a line for each column */
        return;
    }
    take_lines(dump, entry, body);
    if (strstr(entry->name, "ACL; "))
        sort_lines(entry->lines, entry->count);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *one = left, *other = right;
    int order = strcmp(one->name, other->name);
    for (size_t i = 0; !order && (i < one->count || i < other->count); i++)
        order = strcmp(i < one->count ? one->lines[i] : "", i < other->count ? other->lines[i] : "");
    return order;
}

#define HEAD "\n--\n-- Name: "

static void take_apart(struct schema_dump *dump, char *text)
{
    char *at = strstr(text, HEAD);
    while (at) {
        char *name = at + strlen("\n--\n-- "), *next = strstr(name, HEAD), *end = strchr(name, '\n');
        if (!end)
            break;
        *end = '\0';
        if (next)
            *next = '\0';
        dump->entries = talloc_realloc(dump, dump->entries, struct entry, (unsigned)dump->count + 1);
        struct entry *entry = &dump->entries[dump->count++];
        *entry = (struct entry){.name = name};
        take_body(dump, entry, end + 1);
        at = next;
    }
    if (dump->count)
        qsort(dump->entries, dump->count, sizeof *dump->entries, compare_entries);
}

struct schema_dump *schema_dump_of_text(TALLOC_CTX *owner, const char *text)
{
    struct schema_dump *dump = talloc_zero(owner, struct schema_dump);
    dump->text = talloc_strdup(dump, text);
    take_apart(dump, talloc_strdup(dump, text));
    return dump;
}

bool schema_dump_finish(struct schema_dump *dump, const char **report)
{
    size_t used = 0, room = 1 << 16;
    char *text = talloc_size(dump, room);
    while (dump->output) {
        size_t size_bytes = fread(text + used, 1, room - used - 1, dump->output);
        used += size_bytes;
        if (!size_bytes)
            break;
        if (room - used < 2)
            text = talloc_realloc_size(dump, text, room *= 2);
    }
    text[used] = '\0';
    int status = dump->output ? pclose(dump->output) : -1;
    dump->output = NULL;
    if (status != 0) {
        *report = talloc_asprintf(dump, "pg_dump failed: %s", text);
        return false;
    }
    dump->text = talloc_strdup(dump, text);
    take_apart(dump, text);
    return true;
}

const char *schema_dump_sql(const struct schema_dump *dump) { return dump->text; }

/* ---- comparing ---- */

static char *whole(char *report, const char *where, const struct entry *entry)
{
    report = talloc_asprintf_append(report, "only in %s: %s\n", where, entry->name);
    for (size_t i = 0; i < entry->count && i < 12; i++)
        report = talloc_asprintf_append(report, "      %s\n", entry->lines[i]);
    return report;
}

static char *lines_that_differ(char *report, const struct entry *left, const char *left_name, const struct entry *right,
                               const char *right_name)
{
    size_t i = 0;
    while (i < left->count && i < right->count && !strcmp(left->lines[i], right->lines[i]))
        i++;
    return talloc_asprintf_append(report, "%s\n  %s: %s\n  %s: %s\n", left->name, left_name,
                                  i < left->count ? left->lines[i] : "(nothing)", right_name,
                                  i < right->count ? right->lines[i] : "(nothing)");
}

char *schema_dump_compare(TALLOC_CTX *owner, const struct schema_dump *left, const char *left_name,
                          const struct schema_dump *right, const char *right_name)
{
    char *report = talloc_strdup(owner, "");
    size_t l = 0, r = 0, shown = 0;
    while (shown < DIFFERENCES_SHOWN && (l < left->count || r < right->count)) {
        const struct entry *one = l < left->count ? &left->entries[l] : NULL;
        const struct entry *other = r < right->count ? &right->entries[r] : NULL;
        int order = !one ? 1 : !other ? -1 : strcmp(one->name, other->name);
        if (order < 0)
            report = whole(report, left_name, one);
        else if (order > 0)
            report = whole(report, right_name, other);
        else if (compare_entries(one, other))
            report = lines_that_differ(report, one, left_name, other, right_name);
        shown += order != 0 || compare_entries(one, other) != 0;
        l += order <= 0;
        r += order >= 0;
    }
    if (*report)
        return report;
    talloc_free(report);
    return NULL;
}
