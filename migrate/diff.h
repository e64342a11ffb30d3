/* The difference of two snapshots: pure. What differs, attribute by attribute; what that means for each object (its
 * fate); order.h puts the fates in order, emit.h writes the script. */
#ifndef MIGRATE_DIFF_H
#define MIGRATE_DIFF_H

#include <talloc.h>

#include "migrate/kind.h"
#include "migrate/snapshot.h"
#include "store/base.h"

enum change_action { CHANGE_CREATE, CHANGE_DROP, CHANGE_ALTER, CHANGE_REPLACE, CHANGE_RENAME };

/* One difference, as people and JSON see it. An object that comes or goes with its table is part of the table's. */
struct change {
    enum change_action action;
    const struct kind *kind;
    const char *name;      /* identity on the side where it exists (of a rename: the old one) */
    const char *attribute; /* NULL for create, drop; "name" for rename */
    const char *from, *to; /* values; NULL where there is none */
    enum severity severity;
    const char *blame;      /* "FILE:LINE", or NULL; set by blame.h */
    const char *const *sql; /* statements that close it, without semicolons; NULL-terminated; set by emit.h; {NULL}
                               where another difference's statements close it too */
    enum { CHANGE_KEEPS_DATA, CHANGE_LOSES_DATA } loss; /* set by emit.h */
    const struct object *from_object, *to_object;       /* the object that differs (of a facet: the facet) */
    const struct field *field;                          /* the attribute, or NULL */
    size_t item;                                        /* in diff->items */
};

/* What becomes of an object. KEEP: nothing is done to it. */
enum fate { FATE_KEEP, FATE_CREATE, FATE_DROP, FATE_ALTER, FATE_REPLACE, FATE_RENAME };

#define DIFF_COMMENT_BIT (UINT64_C(1) << 63)

/* An object of either side, or of both. */
struct diff_item {
    const struct object *from, *to; /* one may be NULL */
    enum fate fate;
    uint64_t changed;     /* bit i: field i of the kind differs; DIFF_COMMENT_BIT; 0 where it is not covered */
    bool is_covered;      /* its kind is compared; else it stays as it is, and is made anew as it was where it must */
    bool is_renamed;      /* its name differs; fate RENAME, or ALTER where more does */
    bool is_moved_aside;  /* of REPLACE: the old one is renamed, and dropped at the end */
    bool is_brought_over; /* a type that it needs is moved aside: fields that bring over are altered, too */
};

/* A remark that makes no difference: columns in another order. */
struct diff_note {
    const char *name, *text;
};

struct diff {
    const struct snapshot *from, *to;
    struct diff_item *items; /* all objects of both sides, by kind, then identity */
    size_t item_count;
    size_t *item_of_from, *item_of_to; /* by object->position */
    /* By object->position: what it cannot be without: its parent; of what is owned, the owner; or NULL. */
    const struct object **ground_from, **ground_to;
    struct change *changes; /* by kind, name, attribute */
    size_t change_count;
    struct diff_note *notes;
    size_t note_count;
    uint64_t commented; /* as in the options; comments of other kinds stay as they are */
};

/* A field of an object of FROM whose value means the same as that of its counterpart, although the texts differ
 * (canonical.h). */
struct diff_settled {
    const struct object *from;
    const struct field *field;
};

struct diff_options {
    const char *const *only_kinds; /* names, NULL-terminated; NULL: all */
    enum { PRIVILEGES_LEFT_OUT, PRIVILEGES_COMPARED } privileges;
    const uint64_t
        *covered; /* a bit for each kind that both sides can speak of (models: what they declare); NULL: all */
    const uint64_t *commented; /* a bit for each kind whose comments are compared, likewise; NULL: all */
    const struct diff_settled *settled;
    size_t settled_count;
};

/* Compares. Both snapshots must outlive it. Owner: `owner`. */
struct diff *diff_make(TALLOC_CTX *owner, const struct snapshot *from, const struct snapshot *to,
                       const struct diff_options *options);

/* Whether a kind is compared under these options. */
bool diff_covers(const struct diff_options *options, const struct kind *kind);

/* The comment that an object has in the end. */
const char *diff_comment_of(const struct diff *diff, const struct object *object);

/* The item of an object of either snapshot; NULL for NULL. */
const struct diff_item *diff_item_of(const struct diff *diff, const struct object *object);

/* Whether an object goes, or comes, with what it is a part of (or what owns it): no difference and no statement of its
 * own. */
bool diff_goes_along(const struct diff *diff, const struct diff_item *item);
bool diff_comes_along(const struct diff *diff, const struct diff_item *item);

/* The object that is there in the end: `to`; of what is not covered `from`. */
const struct object *diff_item_result(const struct diff_item *item);

/* "create", "drop" ...; "breaking", "behavioural" ... */
const char *change_action_name(enum change_action action);
const char *severity_name(enum severity severity);

#endif
