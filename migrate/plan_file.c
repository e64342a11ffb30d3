/* See plan_file.h. */
#include "migrate/plan_file.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "migrate/touched.h"
#include "store/digest.h"
#include "store/disk.h"

#define FILE_FORMAT 1
#define KIND "pgdeck plan"
#define SIZE_MOST (16 << 20)
#define CHANGES_MOST 6 /* named one by one; the rest is counted */

/* ---- writing ---- */

static json_t *texts_json(const char *const *texts)
{
    json_t *array = json_array();
    for (size_t i = 0; texts && texts[i]; i++)
        json_array_append_new(array, json_string(texts[i]));
    return array;
}

static json_t *lines_json(const char *text)
{
    json_t *array = json_array();
    while (*text) {
        size_t length = strcspn(text, "\n");
        json_array_append_new(array, json_stringn(text, length));
        text += length + (text[length] ? 1 : 0);
    }
    return array;
}

static json_t *text_or_null(const char *text) { return text ? json_string(text) : json_null(); }

/* What makes a change by hand visible: sha256 over the parts that decide. Owner: `owner`. */
static char *seal_of(TALLOC_CTX *owner, const json_t *document)
{
    json_t *parts = json_pack("{s:O?, s:O?, s:O?, s:O?}", "touched", json_object_get(document, "touched"), "selection",
                              json_object_get(document, "selection"), "allow", json_object_get(document, "allow"),
                              "terms", json_object_get(document, "terms"));
    char *text = parts ? json_dumps(parts, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII) : NULL;
    char *seal = text ? digest_sha256(owner, text, strlen(text)) : talloc_strdup(owner, "");
    json_decref(parts);
    free(text);
    return seal;
}

static json_t *document_of(const struct plan *plan, const struct plan_selection *selection)
{
    return json_pack("{s:s, s:i, s:s, s:s, s:{s:o, s:o, s:b}, s:o, s:o, s:o}", "kind", KIND, "format", FILE_FORMAT,
                     "id", plan->id, "fingerprint", plan->fingerprint, "selection", "to", text_or_null(selection->to),
                     "only", selection->only ? texts_json(selection->only) : json_null(), "out_of_order",
                     selection->order == ORDER_ANY, "allow", texts_json(selection->allow), "terms",
                     lines_json(plan->terms), "touched", texts_json(plan->touched));
}

/* Only what is a plan may be written over. */
static bool may_replace(const char *path, struct error *error)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return true;
    TALLOC_CTX *memory = talloc_new(NULL); /* an error that is set lets go of what hangs on it */
    bool is_plan = plan_file_read(memory, path, error_new(memory)) != NULL;
    talloc_free(memory);
    if (is_plan)
        return true;
    error_set(error, ERROR_FILE, "\"%s\" is there already, and is no plan of pgdeck's; it was left alone", path);
    return error_hint(error, "Name another file, or take that one away.");
}

bool plan_file_write(const char *path, const struct plan *plan, const struct plan_selection *selection,
                     struct error *error)
{
    if (!may_replace(path, error))
        return false;
    json_t *document = document_of(plan, selection);
    if (document) {
        char *seal = seal_of(NULL, document);
        json_object_set_new(document, "seal", json_string(seal));
        talloc_free(seal);
    }
    char *text = document ? json_dumps(document, JSON_INDENT(1) | JSON_ENSURE_ASCII) : NULL;
    json_decref(document);
    if (!text) {
        error_set(error, ERROR_FILE, "the plan cannot be written to \"%s\": a name in it is no valid text", path);
        return error_hint(error, "Names of databases, roles and settings must be UTF-8.");
    }
    char *whole = talloc_asprintf(NULL, "%s\n", text);
    free(text);
    struct stat status;
    bool ok = lstat(path, &status) == 0 ? disk_replace(path, path, whole, strlen(whole), error)
                                        : disk_create(path, path, whole, strlen(whole), error);
    talloc_free(whole);
    return ok ||
           error_hint(error,
                      "Name another path with --out: its folder must be there, and you must be able to write to it.");
}

/* ---- reading ---- */

static bool refuse(struct error *error, const char *path, const char *what)
{
    error_set(error, ERROR_FILE, "\"%s\" %s", path, what);
    error_place(error, path, 0, 0);
    return error_hint(error, "Make it anew with `pgdeck plan --out`.");
}

static json_t *parse(const char *path, TALLOC_CTX *memory, struct error *error)
{
    struct stat status;
    char *bytes;
    size_t size_bytes;
    json_error_t json_error;
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        refuse(error, path, "is a symbolic link");
        error_hint(error, "Name the plan itself: whoever may turn the link decides what is applied.");
        return NULL;
    }
    if (!disk_read(memory, AT_FDCWD, path, path, SIZE_MOST, &bytes, &size_bytes, error)) {
        error_hint(error, "Name the file that `pgdeck plan --out` has written.");
        return NULL;
    }
    json_t *document = json_loadb(bytes, size_bytes, JSON_REJECT_DUPLICATES, &json_error);
    if (document)
        return document;
    error_set(error, ERROR_FILE, "\"%s\" is no plan: %s", path, json_error.text);
    error_place(error, path, json_error.line > 0 ? json_error.line : 0, json_error.column > 0 ? json_error.column : 0);
    error_hint(error, "It was cut short, or is another file: make it anew with `pgdeck plan --out`.");
    return NULL;
}

/* A NULL-terminated list of texts; NULL for JSON's null. False where it is anything else. */
static bool take_texts(TALLOC_CTX *owner, const json_t *json, const char *const **texts)
{
    *texts = NULL;
    if (json_is_null(json))
        return true;
    if (!json_is_array(json))
        return false;
    const char **items = talloc_zero_array(owner, const char *, (unsigned)json_array_size(json) + 1);
    for (size_t i = 0; i < json_array_size(json); i++) {
        const char *text = json_string_value(json_array_get(json, i));
        if (!text)
            return false;
        items[i] = talloc_strdup(items, text);
    }
    *texts = items;
    return true;
}

static bool take_terms(struct plan_file *file, const json_t *json)
{
    char *terms = talloc_strdup(file, "");
    for (size_t i = 0; i < json_array_size(json); i++) {
        const char *line = json_string_value(json_array_get(json, i));
        if (!line || strchr(line, '\n'))
            return false;
        terms = talloc_strdup_append_buffer(terms, line);
        terms = talloc_strdup_append_buffer(terms, "\n");
    }
    file->terms = terms;
    return json_is_array(json);
}

static bool take_selection(struct plan_file *file, const json_t *json)
{
    const json_t *to = json_object_get(json, "to"), *order = json_object_get(json, "out_of_order");
    if (!json_is_boolean(order) || !(json_is_null(to) || json_is_string(to)) ||
        !take_texts(file, json_object_get(json, "only"), &file->selection.only))
        return false;
    file->selection.to = json_is_string(to) ? talloc_strdup(file, json_string_value(to)) : NULL;
    file->selection.order = json_is_true(order) ? ORDER_ANY : ORDER_STRICT;
    return !(file->selection.to && file->selection.only);
}

static bool take_document(struct plan_file *file, const json_t *document, struct error *error)
{
    const char *kind = json_string_value(json_object_get(document, "kind"));
    const char *fingerprint = json_string_value(json_object_get(document, "fingerprint"));
    if (!kind || strcmp(kind, KIND) != 0)
        return refuse(error, file->path, "is no plan of pgdeck's");
    if (json_integer_value(json_object_get(document, "format")) != FILE_FORMAT)
        return refuse(error, file->path, "is a plan of another format, made by another pgdeck");
    if (!fingerprint || !take_terms(file, json_object_get(document, "terms")) ||
        !take_selection(file, json_object_get(document, "selection")) ||
        !take_texts(file, json_object_get(document, "allow"), &file->selection.allow) ||
        !take_texts(file, json_object_get(document, "touched"), &file->touched) || !file->touched)
        return refuse(error, file->path, "is no whole plan: a part of it is missing, or of another type");
    file->fingerprint = digest_sha256(file, file->terms, strlen(file->terms));
    const char *seal = json_string_value(json_object_get(document, "seal"));
    if (strcmp(file->fingerprint, fingerprint) != 0 || !seal || strcmp(seal, seal_of(file, document)) != 0)
        return refuse(error, file->path, "was changed after it was made: its terms are not those of its fingerprint");
    return true;
}

struct plan_file *plan_file_read(TALLOC_CTX *owner, const char *path, struct error *error)
{
    struct plan_file *file = talloc_zero(owner, struct plan_file);
    file->path = talloc_strdup(file, path);
    json_t *document = parse(path, file, error);
    bool ok = document && take_document(file, document, error);
    json_decref(document);
    if (!ok)
        TALLOC_FREE(file);
    return file;
}

/* ---- comparing ---- */

struct changes {
    char *text;
    size_t count;
};

static void add_change(struct changes *changes, const char *format, ...) PRINTF_LIKE(2, 3);
static void add_change(struct changes *changes, const char *format, ...)
{
    if (changes->count++ >= CHANGES_MOST)
        return;
    if (*changes->text)
        changes->text = talloc_strdup_append(changes->text, "; ");
    va_list arguments;
    va_start(arguments, format);
    changes->text = talloc_vasprintf_append(changes->text, format, arguments);
    va_end(arguments);
}

/* The line that begins with the same `size` characters and a space; its rest, or NULL. *rest_size: without the newline.
 */
static const char *find_line(const char *terms, const char *key, size_t size, size_t *rest_size)
{
    for (const char *line = terms; *line;) {
        size_t length = strcspn(line, "\n");
        if (length > size && !strncmp(line, key, size) && line[size] == ' ') {
            *rest_size = length - size - 1;
            return line + size + 1;
        }
        line += length + (line[length] ? 1 : 0);
    }
    return NULL;
}

/* What a line is about: "step 002", "applied 001", "database". */
static size_t key_size(const char *line)
{
    size_t size = strcspn(line, " \n");
    bool has_version = !strncmp(line, "step ", 5) || !strncmp(line, "applied ", 8);
    return has_version && line[size] == ' ' ? size + 1 + strcspn(line + size + 1, " \n") : size;
}

static bool is_step(const char *line) { return !strncmp(line, "step ", 5); }
static bool is_applied(const char *line) { return !strncmp(line, "applied ", 8); }

/* Several of a key, or of no words. */
static bool is_beside_words(const char *line)
{
    return !strncmp(line, "allow ", 6) || !strncmp(line, "acknowledged ", 13) || !strncmp(line, "touched ", 8);
}

static void name_difference(struct changes *changes, const char *key, size_t size, const char *before,
                            size_t before_size, const char *now, size_t now_size)
{
    int word = (int)strcspn(key, " \n");
    int version_size = (int)size - word - 1;
    const char *version = key + word + 1;
    if (is_step(key) && strcspn(before, " ") == strcspn(now, " ") && !strncmp(before, now, strcspn(now, " ")))
        add_change(changes, "the timeouts of %.*s, or where it goes on, are others", version_size, version);
    else if (is_step(key))
        add_change(changes, "the file of %.*s has other bytes", version_size, version);
    else if (is_applied(key))
        add_change(changes, "the ledger has another checksum of %.*s", version_size, version);
    else
        add_change(changes, "the %.*s is \"%.*s\", and was \"%.*s\"", (int)size, key, (int)now_size, now,
                   (int)before_size, before);
}

static void name_only_here(struct changes *changes, const char *key, size_t size, const char *step_words,
                           const char *applied_words)
{
    int word = (int)strcspn(key, " \n");
    const char *version = key + word + 1;
    if (is_step(key))
        add_change(changes, "%.*s %s", (int)size - word - 1, version, step_words);
    else if (is_applied(key))
        add_change(changes, "%.*s %s", (int)size - word - 1, version, applied_words);
}

static bool is_same_line(const char *one, size_t one_size, const char *other, size_t other_size)
{
    return one_size == other_size && !strncmp(one, other, one_size);
}

static void name_changes(struct changes *changes, const char *before, const char *now)
{
    for (const char *line = before; *line; line += strcspn(line, "\n") + 1) {
        size_t size = key_size(line), rest_size = strcspn(line, "\n") - size, now_size = 0;
        const char *found = find_line(now, line, size, &now_size);
        rest_size -= rest_size > 0 ? 1 : 0;
        if (!found)
            name_only_here(changes, line, size, "is not to be run any more", "is no longer in the ledger");
        else if (!is_same_line(line + size + 1, rest_size, found, now_size) && !is_beside_words(line))
            name_difference(changes, line, size, line + size + 1, rest_size, found, now_size);
    }
    for (const char *line = now; *line; line += strcspn(line, "\n") + 1) {
        size_t ignored;
        if (!find_line(before, line, key_size(line), &ignored))
            name_only_here(changes, line, key_size(line), "is to be run now, too", "was applied meanwhile");
    }
}

bool plan_file_holds(const struct plan_file *file, const struct plan *now, struct error *error)
{
    if (strcmp(file->fingerprint, now->fingerprint) == 0)
        return true;
    struct changes changes = {.text = talloc_strdup(NULL, "")};
    name_changes(&changes, file->terms, now->terms);
    const char *relation = now->touched ? touched_difference(file->touched, now->touched) : NULL;
    if (relation)
        add_change(&changes, "%s is not as it was when it was made", relation);
    if (changes.count == 0)
        add_change(&changes, "the hazards that files acknowledge, or the order of what is applied, are others");
    if (changes.count > CHANGES_MOST)
        changes.text = talloc_asprintf_append(changes.text, "; and %zu more", changes.count - CHANGES_MOST);
    error_set(error, ERROR_STALE_PLAN, "the plan \"%s\" is no longer true: %s", file->path, changes.text);
    talloc_free(changes.text);
    return error_hint(error, "Nothing was run. Make a new plan (`pgdeck plan --out`), look at it, and apply that one.");
}
