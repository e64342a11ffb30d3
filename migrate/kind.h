/* A kind of schema object: one row of kinds.def, one kinds/NAME.c, one kinds/NAME.sql, one folder of cases. Snapshot,
 * diff, order and emit walk the table and know no kind; what a kind knows of itself stands behind this interface.
 * Objects are plain data read from a catalog: texts as PostgreSQL prints them under an empty search_path, ready to
 * stand in SQL. */
#ifndef MIGRATE_KIND_H
#define MIGRATE_KIND_H

#include <talloc.h>

#include "store/base.h"

enum kind_id {
#define KIND(name) KIND_##name,
#include "migrate/kinds.def"
#undef KIND
    KIND_COUNT
};

struct kind;
struct emission;

/* The first member of every kind's structure. Every query returns the first eight columns by these names, and one for
 * each field, and nothing else. Rows need no order. */
struct object {
    const char *identity; /* app.t, app.t.c, app.f(integer): quoted as PostgreSQL quotes; unique in its kind */
    const char *name;     /* its last part, quoted: c; of a routine without its arguments */
    const char *parent;   /* identity of what it is part of (table, domain, column ...), or NULL */
    const char *schema;   /* not quoted; NULL where it lies in none */
    const char *comment;  /* or NULL */
    int64_t class_id, object_id, sub_id; /* pg_depend's address; means something within its snapshot only */

    /* Set by the snapshot. */
    const struct kind *kind;
    const struct object *parent_object; /* NULL: it has none, or it was left out */
    size_t position;                    /* in snapshot->objects */
};

enum severity { SEVERITY_BREAKING, SEVERITY_BEHAVIOURAL, SEVERITY_PERFORMANCE, SEVERITY_COSMETIC };

enum field_role {
    FIELD_FACT,    /* known, never compared: what create or alter need to know */
    FIELD_NOTE,    /* compared, told as a note, never a difference: column order, version of an extension */
    FIELD_ALTER,   /* a change is closed by `alter` */
    FIELD_REPLACE, /* a change means drop and create (types: move aside) */
};

/* LITERAL: texts decide. EXPRESSION: PostgreSQL's own rendering of an expression: where two differ, a round trip
 * through scratch may show them equal. */
enum field_text { FIELD_LITERAL, FIELD_EXPRESSION };

/* One attribute. Its name is the query's column, the structure's member, JSON's "attribute" and the browser's column.
 * All are texts (booleans as 'true'/'false', by ::text); NULL where there is nothing. No value may hold the object's
 * own name, or names that PostgreSQL chose for it: two objects are the same but for the name when all compared values
 * are equal. */
struct field {
    const char *name;
    size_t offset;
    enum field_role role;
    enum severity severity;
    enum field_text text;
    /* Whether two values mean the same although the texts differ; NULL: texts decide. */
    bool (*is_same)(const struct object *from, const struct object *to);
    /* Of an ALTER field: whether this very change cannot be made in place; NULL: it can. */
    bool (*must_replace)(const struct object *from, const struct object *to);
    /* Whether what depends on the object must be gone during this change, and is made anew behind it (as its kind's
     * is_disturbed says); NULL: no. */
    bool (*disturbs)(const struct object *from, const struct object *to);
    /* Of an ALTER field: writes the statements that turn `from` into `to` in this one attribute. Several fields of an
     * object may share one function: it is called once, for the first that differs. */
    void (*alter)(struct emission *emission, const struct object *from, const struct object *to);
    /* `alter` is called with equal values, too, when a type that the object needs is made anew: it brings the values
     * over (ALTER COLUMN ... TYPE ... USING). */
    bool brings_over;
    /* Whether another object's change makes this one by itself (a column's type on the parent's heirs): it is not told,
     * and `alter` writes nothing for it; but it disturbs. NULL: no. */
    bool (*is_echo)(const struct object *from, const struct object *to);
};

#define FIELD(structure, member, ...)                                                                                  \
    {                                                                                                                  \
        .name = #member, .offset = offsetof(structure, member), __VA_ARGS__                                            \
    }

/* A query for servers of at least this version (150000: 15); arrays are in descending order and end with sql = NULL.
 * The last one serves 12. */
struct kind_query {
    int server_version;
    const char *sql;
};

/* The spaces in which its name must be free before another object can take it. The name is looked for in: RELATION,
 * TYPE: schema and name; ROUTINE, SCHEMA: identity; COLUMN, CONSTRAINT: parent and name. Parents are looked for among
 * kinds that have a space. */
enum {
    SPACE_NONE = 0,
    SPACE_SCHEMA = 1,
    SPACE_RELATION = 2,
    SPACE_TYPE = 4,
    SPACE_ROUTINE = 8,
    SPACE_COLUMN = 16,
    SPACE_CONSTRAINT = 32
};

struct kind {
    const char *name;  /* "primary_key": JSON, --kind, ignore globs; equals its row in kinds.def */
    const char *title; /* "primary key": for people */
    const char *noun;  /* SQL's word for it: "TABLE"; for DROP and COMMENT ON */
    const struct kind_query *queries;
    size_t size_bytes; /* of its structure */
    const struct field *fields;
    size_t field_count; /* at most 62 */
    unsigned spaces;
    enum severity severity; /* of one that is there on one side only */

    /* "TRIGGER t ON app.orders": what DROP and COMMENT ON name it by. NULL: noun and identity. Owner: `owner`. */
    const char *(*phrase)(TALLOC_CTX *owner, const struct object *object);

    /* Whether it comes and goes with another object than its parent (an inherited column): that it is there on one side
     * only is not told; create, drop write only what that does not do by itself. NULL: no. */
    bool (*is_implied)(const struct object *object);

    /* Identity of a relation that comes and goes with it, while it stays itself, and whose name must be free before
     * another takes it (the sequence of an identity column); or NULL. NULL: there never is one. */
    const char *(*companion)(const struct object *object);

    /* Writes what makes it, all compared fields included; the comment is added by the caller. NULL: it always comes
     * with its parent's create. */
    void (*create)(struct emission *emission, const struct object *object);

    /* The same as a part of its parent's CREATE: "CONSTRAINT c CHECK (x > 0)". NULL, or a NULL result: not possible.
     * What the parent takes in is asked for with emission_children. Owner: `owner`. */
    const char *(*clause)(TALLOC_CTX *owner, const struct object *object);

    /* For cycles: writes a stand-in (a view of NULLs of the right types), new, so that others can be made upon it, or
     * in the object's place, so that what it needs can go. `create`, called later, must then replace it
     * (emission_has_stub). NULL: a cycle through it is broken elsewhere. */
    void (*create_stub)(struct emission *emission, const struct object *object);

    /* Called behind each create of any kind: takes back, or adds, what makes a new object unlike the one that is wanted
     * because of objects of this kind (default privileges of the target). NULL: there is nothing to do. */
    void (*adjust)(struct emission *emission, const struct object *made);

    /* NULL: DROP phrase. */
    void (*drop)(struct emission *emission, const struct object *object);

    /* Turns `from` into an object of another name, when nothing else differs. NULL: another name is another object. */
    void (*rename)(struct emission *emission, const struct object *from, const struct object *to);

    /* Of a type: how it is replaced without losing what columns hold: renamed to `aside` (a quoted name), made anew
     * under its own name, columns brought over, dropped under the other name (by its phrase with `aside` in place of
     * its name). */
    void (*move_aside)(struct emission *emission, const struct object *object, const char *aside);

    /* Whether it must be dropped and made anew (types: moved aside) when something that it depends on is disturbed or
     * made anew; NULL: never. `cause` is the disturbed object, of the same snapshot. What brings over (see field) is
     * not asked. */
    bool (*is_disturbed)(const struct object *object, const struct object *cause);

    /* A facet: no object of its own to people, but an attribute of its parent: its differences are told as
     * `facet_attribute` of the parent. The facet's only compared field is the value. NULL: it is an object. */
    const char *facet_attribute; /* "default" */

    enum { KIND_ALWAYS, KIND_PRIVILEGES } compared; /* PRIVILEGES: only when asked for */
    enum { DROP_KEEPS_ROWS, DROP_LOSES_ROWS } rows; /* whether dropping one loses data */
};

extern const struct kind *const kinds[KIND_COUNT];

/* The id of a kind; the kind of a name, or NULL. */
enum kind_id kind_id(const struct kind *kind);
const struct kind *kind_find(const char *name);

/* The value of a field. */
const char *field_value(const struct object *object, const struct field *field);

/* The same by the field's name; NULL also where the kind has no such field. */
const char *kind_value(const struct object *object, const char *field);

/* Whether a field is compared and its values differ (is_same included). */
bool field_differs(const struct field *field, const struct object *from, const struct object *to);

/* phrase, or noun and identity. Owner: `owner`. */
const char *kind_phrase(TALLOC_CTX *owner, const struct object *object);

/* Helpers for kinds: equal texts, NULLs included; "true". */
bool kind_same_text(const char *one, const char *other);
bool kind_is_true(const char *text);

/* ---- what create, alter, drop write to ---- */

/* Traits of a statement. */
enum {
    EMIT_PLAIN = 0,
    EMIT_LOSES_DATA = 1, /* rows or values that exist on both sides may be lost */
    EMIT_OUTSIDE = 2,    /* cannot run in a transaction, or what follows cannot use it in the same one: committed by
                            itself,    before anything else */
};

/* Adds a statement, without its semicolon; may hold newlines. */
void emit(struct emission *emission, unsigned traits, const char *format, ...) PRINTF_LIKE(3, 4);

/* Memory for pieces of statements; lives as long as the script. */
TALLOC_CTX *emission_memory(struct emission *emission);

/* Of the server that the script is for: 150018. */
int emission_server_version(const struct emission *emission);

/* Whether a value of one type can be assigned to a column of another: types as format_type prints them, modifiers are
 * passed over. ASSIGNMENT: the server does it by itself and refuses what does not fit; EXPLICIT: with ::type. */
enum emission_cast { CAST_NONE, CAST_EXPLICIT, CAST_ASSIGNMENT };
enum emission_cast emission_cast(const struct emission *emission, const char *from_type, const char *to_type);

/* The children of this kind that the CREATE of an object takes in: columns always; others (by their clause) where
 * nothing that they need is made later. By the catalog's order (class_id, object_id, sub_id). NULL-terminated. Owner:
 * the emission. */
const struct object *const *emission_children(struct emission *emission, const struct object *object,
                                              enum kind_id kind);

/* All children of this kind in the object's own snapshot, in the same order; whatever happens to them. */
const struct object *const *emission_all_children(struct emission *emission, const struct object *object,
                                                  enum kind_id kind);

/* The object of an identity in the snapshot that `beside` is of, or NULL. */
const struct object *emission_find(struct emission *emission, const struct object *beside, enum kind_id kind,
                                   const char *identity);

/* What depends on the object in its own snapshot, of this kind; by identity. NULL-terminated. Owner: the emission. */
const struct object *const *emission_dependents(struct emission *emission, const struct object *object,
                                                enum kind_id kind);

/* All objects of this kind in FROM, by identity. NULL-terminated. Owner: the emission. */
const struct object *const *emission_from_objects(struct emission *emission, enum kind_id kind);

/* Whether the object is compared; if not, it stays as it is in FROM, and is made anew as it was. */
bool emission_is_compared(const struct emission *emission, const struct object *object);

/* Whether the object is made anew in this script (it has no counterpart, or is replaced), not altered: what hangs on it
 * comes on an empty ground. */
bool emission_is_new(const struct emission *emission, const struct object *object);

/* Whether create_stub was called for it before. */
bool emission_has_stub(const struct emission *emission, const struct object *object);

/* The counterpart in the other snapshot, or NULL. */
const struct object *emission_counterpart(const struct emission *emission, const struct object *object);

/* Whether the script makes something new, or alters something, that needs this object (of the `to` side). */
bool emission_is_used(const struct emission *emission, const struct object *object);

#endif
