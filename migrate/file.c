/* Migration files: see file.h. The name, then the bytes, then the statements, then what the head and the rules
 * say of them; each check stands in a file of its own. */
#include "migrate/file.h"

#include <fcntl.h>
#include <strings.h>

#include "migrate/file_head.h"
#include "migrate/file_rules.h"
#include "migrate/file_text.h"
#include "store/digest.h"
#include "store/disk.h"

#define EXPECTED "expected {version}_{description}.sql, for example 007_add_index.sql"

enum { VERSION_DIGITS_MOST = 18 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_description_character(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
}

/* The length of the name without `ending`, or 0 if it does not end in it. Case does not count. */
static size_t length_before(const char *name, size_t length, const char *ending)
{
    size_t size = strlen(ending);
    return length > size && strncasecmp(name + length - size, ending, size) == 0 ? length - size : 0;
}

/* The length of the name without .sql or .up.sql, or 0 with *reason set. */
static size_t strip_ending(const char *name, const char **reason)
{
    size_t length = strlen(name), stem = length_before(name, length, ".sql");
    if (!stem) {
        *reason = "it does not end in .sql";
        return 0;
    }
    size_t up = length_before(name, stem, ".up"), down = length_before(name, stem, ".down");
    if (strcmp(name + stem, ".sql") != 0 || (up && memcmp(name + up, ".up", 3) != 0) ||
        (down && memcmp(name + down, ".down", 5) != 0)) {
        *reason = "its ending must be written in lower case";
        return 0;
    }
    if (down) {
        *reason = "it is a down migration, and pgdeck goes forward only";
        return 0;
    }
    return up ? up : stem;
}

bool file_parse_name(TALLOC_CTX *owner, const char *name, const char **version, int64_t *number,
                     const char **description, const char **reason)
{
    const char *unasked;
    reason = reason ? reason : &unasked;
    size_t stem = strip_ending(name, reason), digits = 0;
    if (!stem)
        return false;
    int64_t value = 0;
    for (; is_digit(name[digits]) && digits <= VERSION_DIGITS_MOST; digits++)
        value = digits < VERSION_DIGITS_MOST ? value * 10 + (name[digits] - '0') : value;
    size_t checked = digits + 1;
    *reason = NULL;
    if (digits == 0)
        *reason = "it does not begin with a version; " EXPECTED;
    else if (digits > VERSION_DIGITS_MOST)
        *reason = "its version has more than 18 digits";
    else if (name[digits] != '_')
        *reason = "no underscore follows its version; " EXPECTED;
    else if (stem <= checked)
        *reason = "it has no description; " EXPECTED;
    while (!*reason && checked < stem)
        if (!is_description_character(name[checked++]))
            *reason = "its description has a character other than letters, digits, _ . and -";
    if (*reason)
        return false;
    *version = talloc_strndup(owner, name, digits);
    *number = value;
    *description = talloc_strndup(owner, name + digits + 1, stem - digits - 1);
    return true;
}

static bool take_name(struct migration_file *file, struct error *error)
{
    const char *reason;
    if (file_parse_name(file, file->name, &file->version, &file->number, &file->description, &reason))
        return true;
    error_set(error, ERROR_PROJECT, "\"%s\" is not the name of a migration: %s", file->name, reason);
    error_hint(error, "Rename it to {version}_{description}.sql, or move it out of the folder.");
    return error_place(error, file->path, 0, 0);
}

/* Everything behind the name. `bytes` belongs to the file. */
static bool take_bytes(struct migration_file *file, char *bytes, size_t size_bytes, struct error *error)
{
    file->size_bytes = size_bytes;
    if (!file_text_clean(bytes, file->path, &file->text, &file->size_bytes, error))
        return false;
    file->checksum = digest_sha256(file, file->text, file->size_bytes);
    return statement_split(file, file->path, file->text, file->size_bytes, METAS_REFUSED, &file->statements, error) &&
           file_head_read(file, error) && file_rules_check(file, file, error);
}

struct migration_file *file_read(TALLOC_CTX *owner, int directory_fd, const char *root, const char *shown,
                                 const char *name, int64_t limit_bytes, struct error *error)
{
    struct migration_file *file = talloc_zero(owner, struct migration_file);
    file->name = talloc_strdup(file, name);
    file->path = strcmp(shown, ".") == 0 ? file->name : talloc_asprintf(file, "%s/%s", shown, name);
    char *bytes;
    size_t size_bytes;
    bool ok = take_name(file, error) &&
              file_text_read(file, directory_fd, root, name, file->path, limit_bytes, &bytes, &size_bytes, error) &&
              take_bytes(file, bytes, size_bytes, error);
    if (ok)
        return file;
    talloc_free(file);
    return NULL;
}

struct migration_file *file_parse(TALLOC_CTX *owner, const char *path, const char *name, const char *bytes,
                                  size_t size_bytes, struct error *error)
{
    struct migration_file *file = talloc_zero(owner, struct migration_file);
    file->name = talloc_strdup(file, name);
    file->path = talloc_strdup(file, path);
    char *copy = talloc_size(file, size_bytes + 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size_bytes);
    copy[size_bytes] = '\0';
    if (take_name(file, error) && take_bytes(file, copy, size_bytes, error))
        return file;
    talloc_free(file);
    return NULL;
}

struct script *script_read(TALLOC_CTX *owner, const char *path, const char *shown, int64_t limit_bytes,
                           struct error *error)
{
    struct script *script = talloc_zero(owner, struct script);
    script->path = talloc_strdup(script, shown);
    char *bytes;
    bool ok = disk_read(script, AT_FDCWD, path, shown, limit_bytes, &bytes, &script->size_bytes, error) &&
              file_text_clean(bytes, shown, &script->text, &script->size_bytes, error);
    if (ok) {
        script->checksum = digest_sha256(script, script->text, script->size_bytes);
        ok = statement_split(script, shown, script->text, script->size_bytes, METAS_RESTRICT_PASSED,
                             &script->statements, error);
    }
    if (ok)
        return script;
    talloc_free(script);
    return NULL;
}

int file_down_line(const struct migration_file *file)
{
    static const char *const markers[] = {"-- migrate:down", "-- +goose Down", "-- +migrate Down"};
    int number = 1;
    for (const char *line = file->text; *line; number++) {
        for (size_t i = 0; i < countof(markers); i++)
            if (!strncasecmp(line, markers[i], strlen(markers[i])))
                return number;
        line += strcspn(line, "\n");
        line += *line ? 1 : 0;
    }
    return 0;
}
