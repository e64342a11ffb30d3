/* See scaffold.h. */
#include "migrate/scaffold.h"

#include <ctype.h>
#include <unistd.h>

#include "migrate/documentation.h"
#include "store/disk.h"
#include "store/text.h"

#define DESCRIPTION_BYTES 100 /* leaves room for version and suffix in a name of 255 bytes, and in a line */

/* The version comes first: a description that begins with "pgdeck" must not be read as a line for pgdeck. */
static const char file_text[] = "-- %s: %s\n"
                                "%s";
static const char empty_body[] =
    "-- Say what this changes and why. The file runs in one transaction, and running it twice must change\n"
    "-- nothing. What cannot run in a transaction (CREATE INDEX CONCURRENTLY) needs this as the first line:\n"
    "--   \"pgdeck: no-transaction\" behind two dashes.\n"
    "\n";
static const char entry_text[] = "**Intent.** \n\n**Safety.** \n";

/* The house style: lower case, digits, underscores. NULL where nothing is left. */
static char *house_name(TALLOC_CTX *owner, const char *description)
{
    char *name = talloc_size(owner, strlen(description) + 1);
    size_t used = 0;
    for (const char *c = description; *c; c++) {
        bool is_kept = (unsigned char)*c < 0x80 && isalnum((unsigned char)*c);
        if (is_kept)
            name[used++] = (char)tolower((unsigned char)*c);
        else if (used > 0 && name[used - 1] != '_')
            name[used++] = '_';
    }
    while (used > 0 && name[used - 1] == '_')
        used--;
    name[used] = '\0';
    return used > 0 ? name : NULL;
}

static bool check_name(const char *description, const char *name, struct error *error)
{
    if (!name) {
        error_set(error, ERROR_USAGE, "the description \"%s\" holds no letter or digit that a file name can take",
                  description);
        return error_hint(error, "Describe the change in a few words: `pgdeck new add index on orders`.");
    }
    if (strlen(name) > DESCRIPTION_BYTES) {
        error_set(error, ERROR_USAGE, "the description is too long: %zu characters, the limit is %d", strlen(name),
                  DESCRIPTION_BYTES);
        return error_hint(error, "Shorten it; the documentation entry has room for the rest.");
    }
    return true;
}

static bool make_file(TALLOC_CTX *owner, const struct settings *settings, const struct scaffold_result *result,
                      const char *description, const char *body, const char *measured, struct error *error)
{
    char *path = talloc_asprintf(owner, "%s/%s", settings_path(owner, settings, SETTING_migrations),
                                 strrchr(result->file, '/') + 1);
    char *line = text_sanitise(owner, description, strlen(description), TEXT_ONE_LINE);
    char *text = talloc_asprintf(owner, file_text, result->version, line, body);
    if (!disk_make_folders(settings_path(owner, settings, SETTING_migrations), error) ||
        !disk_create(path, result->file, text, strlen(text), error))
        return false;
    const char *title =
        talloc_strndup(owner, strrchr(result->file, '/') + 1, strlen(strrchr(result->file, '/') + 1) - 4);
    const char *entry = entry_text;
    if (measured)
        entry = talloc_asprintf(owner, "%s\n" DOCUMENTATION_MEASURED "\n\n%s", entry_text, measured);
    if (documentation_append(settings, title, entry, error))
        return true;
    unlink(path);
    return false;
}

bool scaffold_check(const char *description, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = check_name(description, house_name(memory, description), error);
    talloc_free(memory);
    return ok;
}

struct scaffold_result *scaffold_with(TALLOC_CTX *owner, const struct settings *settings, const char *description,
                                      const char *body, const char *measured, int64_t wall_us, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct scaffold_result *result = NULL;
    char *name = house_name(memory, description);
    struct directory *directory = NULL;
    if (check_name(description, name, error) && (directory = directory_read(memory, settings, error))) {
        result = talloc_zero(owner, struct scaffold_result);
        result->version = directory_next_version(result, directory, wall_us);
        result->file =
            talloc_asprintf(result, "%s/%s_%s.sql", settings_text(settings, SETTING_migrations), result->version, name);
        result->documentation = settings_text(settings, SETTING_documentation);
        if (!make_file(memory, settings, result, description, body, measured, error))
            TALLOC_FREE(result);
    }
    talloc_free(memory);
    return result;
}

struct scaffold_result *scaffold_new(TALLOC_CTX *owner, const struct settings *settings, const char *description,
                                     int64_t wall_us, struct error *error)
{
    return scaffold_with(owner, settings, description, empty_body, NULL, wall_us, error);
}
