/* See documentation.h. An entry begins at a heading of level two whose first word is a version, and ends at the next
 * heading of its level or above. Lines inside fences and HTML comments are no headings. */
#include "migrate/documentation.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "migrate/documentation/markdown.h"
#include "migrate/documentation/notes.h"
#include "store/disk.h"

#define LIMIT_BYTES (16 * 1024 * 1024)

static bool ends_entry(const char *line) { return !strncmp(line, "# ", 2) || !strncmp(line, "## ", 3); }

/* Whether a word of digits ends here; not so in "2026-11-24" and "1.2". */
static bool ends_version(const char *text)
{
    if (*text == '.' || *text == '-')
        return !isdigit((unsigned char)text[1]);
    return !*text || strchr("_ `:)\t\r\n", *text);
}

/* "## 007_add_index" or "## 007 Add an index": the number, or -1. */
static int64_t heading_version(const char *line)
{
    if (strncmp(line, "## ", 3) != 0)
        return -1;
    const char *text = line + 3 + strspn(line + 3, " `");
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || !ends_version(text + digits))
        return -1;
    return strtoll(text, NULL, 10);
}

static char *title_of(TALLOC_CTX *owner, const char *line, size_t size)
{
    const char *text = line + 3, *end = line + size;
    while (text < end && (*text == ' ' || *text == '`'))
        text++;
    while (end > text && strchr(" `\r", end[-1]))
        end--;
    return talloc_strndup(owner, text, (size_t)(end - text));
}

struct parser {
    struct documentation *documentation;
    const char *body; /* where the entry's body begins, or NULL */
    size_t room;      /* for entries */
};

static void end_entry(struct parser *parser, const char *end)
{
    struct documentation *documentation = parser->documentation;
    if (parser->body)
        documentation->entries[documentation->count - 1].body =
            talloc_strndup(documentation, parser->body, (size_t)(end - parser->body));
    parser->body = NULL;
}

static void begin_entry(struct parser *parser, const char *line, size_t size, int number, int64_t version)
{
    struct documentation *documentation = parser->documentation;
    if (documentation->count == parser->room) {
        parser->room = parser->room ? parser->room * 2 : 64;
        documentation->entries =
            talloc_realloc(documentation, documentation->entries, struct documentation_entry, (unsigned)parser->room);
    }
    documentation->entries[documentation->count++] = (struct documentation_entry){
        .title = title_of(documentation, line, size), .number = version, .body = "", .line = number};
    parser->body = line[size] ? line + size + 1 : line + size;
}

/* Looked at without code and comments; kept as it stands. */
static void parse(struct documentation *documentation, const char *text)
{
    struct parser parser = {documentation, NULL, 0};
    char *blanked = markdown_blank(documentation, text);
    int number = 1;
    for (const char *line = text; *line; number++) {
        size_t size = strcspn(line, "\n");
        const char *seen = blanked + (line - text);
        if (ends_entry(seen)) {
            end_entry(&parser, line);
            int64_t version = heading_version(seen);
            if (version >= 0)
                begin_entry(&parser, line, size, number, version);
        }
        line += size + (line[size] ? 1 : 0);
        if (!*line)
            end_entry(&parser, line);
    }
    documentation->lines = number - 1;
    talloc_free(blanked);
    for (size_t i = 0; i < documentation->count; i++)
        notes_read(documentation, &documentation->entries[i]);
}

struct documentation *documentation_read(TALLOC_CTX *owner, const struct settings *settings, struct error *error)
{
    struct documentation *documentation = talloc_zero(owner, struct documentation);
    documentation->shown = settings_text(settings, SETTING_documentation);
    char *path = settings_path(documentation, settings, SETTING_documentation), *bytes;
    size_t size_bytes;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return documentation;
    if (!disk_read(documentation, AT_FDCWD, path, documentation->shown, LIMIT_BYTES, &bytes, &size_bytes, error)) {
        talloc_free(documentation);
        return NULL;
    }
    documentation->exists = true;
    parse(documentation, bytes);
    return documentation;
}

const struct documentation_entry *documentation_find(const struct documentation *documentation, int64_t number)
{
    for (size_t i = 0; i < documentation->count; i++)
        if (documentation->entries[i].number == number)
            return &documentation->entries[i];
    return NULL;
}

bool documentation_append(const struct settings *settings, const char *title, const char *body, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *shown = settings_text(settings, SETTING_documentation);
    char *path = settings_path(memory, settings, SETTING_documentation), *bytes = NULL;
    size_t size_bytes = 0;
    bool is_new = access(path, F_OK) != 0 && errno == ENOENT, ok;
    if (is_new) {
        char *folder = talloc_strdup(memory, path), *slash = strrchr(folder, '/');
        if (slash && slash > folder)
            *slash = '\0';
        ok = disk_make_folders(folder, error);
        bytes = talloc_strdup(memory, "# Database migrations\n");
        size_bytes = strlen(bytes);
    } else {
        ok = disk_read(memory, AT_FDCWD, path, shown, LIMIT_BYTES, &bytes, &size_bytes, error);
        if (ok && strlen(bytes) != size_bytes) {
            error_set(error, ERROR_FILE, "%s is no text: it holds a NUL byte", shown);
            ok = error_hint(error, "Save it as UTF-8.");
        }
    }
    if (ok) {
        const char *gap = size_bytes > 0 && bytes[size_bytes - 1] != '\n' ? "\n\n" : "\n";
        char *text = talloc_asprintf(memory, "%s%s## %s\n\n%s", bytes, gap, title, body);
        ok = is_new ? disk_create(path, shown, text, strlen(text), error)
                    : disk_replace(path, shown, text, strlen(text), error);
    }
    talloc_free(memory);
    return ok;
}
