/* The folder of compliance reviews (`pgdeck audit`): YYYY-MM-DD.md, a second one of a day YYYY-MM-DD-2.md. A review is
 * Markdown that people edit: they close an item by ticking its box. What is read back takes nothing for granted. */
#ifndef MIGRATE_AUDITS_H
#define MIGRATE_AUDITS_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

#define AUDITS_QUARTER_DAYS 92 /* the longest quarter */
#define AUDITS_OPEN_HEADING "## Open"

/* The last review, by its file's name. */
struct audits_last {
    bool exists;
    const char *file;    /* relative to the project; NULL where there is none */
    const char *date;    /* "2026-11-29", of the name; or NULL */
    int64_t day;         /* the same, in days since 1970-01-01 */
    size_t open;         /* items that are not ticked, and those that the head counts and that are gone */
    int line;            /* of the first open item; 0: none */
    const char *problem; /* why it says nothing: no head, another date in it, unreadable; or NULL */
};

/* Reads it. A file that is none (another name, a folder, a link) is passed over. Owner: `owner`. Errors: ERROR_FILE:
 * the folder is there and cannot be read. */
struct audits_last *audits_read_last(TALLOC_CTX *owner, const struct settings *settings, struct error *error) NODISCARD;

/* The same of a text; `file` and `date` as above. Owner: `owner`. */
struct audits_last *audits_parse(TALLOC_CTX *owner, const char *file, const char *date, const char *text);

/* How many days old it is at a time; negative: it is dated in the future. */
int64_t audits_age_days(const struct audits_last *last, int64_t wall_us);

/* "2026-11-29" of a time, in UTC. Owner: `owner`. */
char *audits_date(TALLOC_CTX *owner, int64_t wall_us);

/* Writes a review of a day under the first free name; never over another. *file gets it, relative to the project
 * (owner: `owner`). Errors: ERROR_FILE. */
bool audits_write(TALLOC_CTX *owner, const struct settings *settings, const char *date, const char *text,
                  const char **file, struct error *error) NODISCARD;

#endif
