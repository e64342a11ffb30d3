/* docs/DATABASE_MIGRATIONS.md: the entry that each version has, and adding one. */
#ifndef MIGRATE_DOCUMENTATION_H
#define MIGRATE_DOCUMENTATION_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

/* In front of the list of locks and hazards that `new` writes where they can be measured. */
#define DOCUMENTATION_MEASURED "Measured when it was made:"

enum note_state {
    NOTE_ABSENT,      /* there is no such paragraph or section */
    NOTE_EMPTY,       /* nothing stands in it, or what `new` wrote */
    NOTE_PLACEHOLDER, /* a word that says that it is not written */
    NOTE_TITLE,       /* the title again */
    NOTE_SHORT,       /* a word or two */
    NOTE_WRITTEN
};

/* What an entry says under a word: "**Intent.** ...", "Intent: ..." or a heading. */
struct documentation_note {
    enum note_state state;
    int line; /* of the word; 0 where it is absent */
};

struct documentation_entry {
    const char *title; /* "007_add_index" */
    int64_t number;
    const char *body; /* Markdown between this heading and the next */
    int line;
    struct documentation_note intent, safety;
};

struct documentation {
    const char *shown; /* path relative to the project */
    bool exists;
    struct documentation_entry *entries; /* in the order of the file */
    size_t count;
    int lines; /* of the file */
};

/* Reads the file; an absent one has no entries. Owner: `owner`. Errors: ERROR_FILE. */
struct documentation *documentation_read(TALLOC_CTX *owner, const struct settings *settings,
                                         struct error *error) NODISCARD;

/* The entry of a version, or NULL. */
const struct documentation_entry *documentation_find(const struct documentation *documentation, int64_t number);

/* Appends an entry (makes the file where there is none); never touches what is there. Errors: ERROR_FILE. */
bool documentation_append(const struct settings *settings, const char *title, const char *body,
                          struct error *error) NODISCARD;

#endif
