/* The declared models: YAML files become entities with columns, keys, indexes and relationships, each fact with its
 * place. Everything that is wrong is a finding, not the end of reading: who refuses and who lists is the caller's
 * choice. Knows no server and makes no DDL; types, defaults and expressions are SQL text handed on as written. */
#ifndef STORE_MODEL_H
#define STORE_MODEL_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* Where something is written. line and column from 1; 0 where only the file is known. */
struct model_place {
    const char *file; /* as shown to a person */
    int line, column; /* column in characters */
};

/* SQL text of a model and its place. text NULL: absent. */
struct model_sql {
    const char *text;
    struct model_place place;
};

/* Names of columns, in order. */
struct model_names {
    const char *const *items;
    size_t count;
};

/* The house rule that a finding breaks (model_rule_name). */
enum model_rule { MODEL_BASE, MODEL_TYPED, MODEL_RELATIONSHIP };

enum model_grade {
    MODEL_DEFECT,     /* the model cannot be used as it stands */
    MODEL_REMARK,     /* it can; the house rule is broken all the same */
    MODEL_CONSEQUENCE /* it cannot, but only because of another finding, which is the one to mend */
};

struct model_finding {
    enum model_rule rule;
    enum model_grade grade;
    struct model_place place;
    const char *object;  /* "TestCase", "TestCase.agent_id"; NULL where none is known */
    const char *message; /* as in struct error */
    const char *hint;    /* or NULL */
};

enum model_generate { GENERATE_NOTHING, GENERATE_SNOWFLAKE };
enum model_identity { IDENTITY_NONE, IDENTITY_ALWAYS, IDENTITY_BY_DEFAULT };

struct model_column {
    const char *name;      /* exactly as in the catalog: never folded */
    struct model_sql type; /* "varchar(255)" */
    bool is_nullable;
    bool is_primary_key;          /* also where the entity's `primary_key` names it */
    struct model_sql value;       /* the default */
    struct model_sql computed;    /* GENERATED ALWAYS AS (...) STORED */
    const char *collation;        /* quoted SQL; or NULL */
    enum model_generate generate; /* who makes the value of a new row: GENERATE_SNOWFLAKE the application */
    enum model_identity identity;
    const char *comment; /* or NULL */
    const char *mixin;   /* the mixin that brought it; NULL: the entity's own, also where it replaces a mixin's */
    struct model_place place;
};

enum model_deferral { DEFERRAL_NONE, DEFERRAL_IMMEDIATE, DEFERRAL_DEFERRED };

/* A unique constraint. */
struct model_unique {
    const char *name; /* NULL: the server gives one */
    struct model_names columns, include;
    bool is_nulls_not_distinct; /* servers from 15 on */
    enum model_deferral deferral;
    struct model_place place;
};

struct model_check {
    const char *name; /* or NULL */
    struct model_sql condition;
    struct model_place place;
};

struct model_index_part {
    const char *column;          /* a column of the entity; NULL: */
    struct model_sql expression; /* any other element, with its options: "lower(name)", "created_at DESC" */
};

struct model_index {
    const char *name; /* or NULL */
    bool is_unique;
    bool is_nulls_not_distinct;
    const char *method; /* "gin"; NULL: btree */
    const struct model_index_part *parts;
    size_t part_count;
    struct model_names include;
    struct model_sql predicate;  /* WHERE */
    struct model_sql parameters; /* WITH: "fillfactor = 70" */
    const char *comment;
    struct model_place place;
};

struct model_entity;

struct model_foreign_key {
    const char *name; /* or NULL */
    struct model_names columns;
    const struct model_entity *to;     /* NULL: a table that no entity declares */
    const char *schema, *table;        /* the table it leads to; schema NULL: that of the search path */
    struct model_names targets;        /* columns there; none: the table's primary key */
    const char *on_delete, *on_update; /* SQL: "CASCADE", "SET NULL"; NULL: NO ACTION */
    enum model_deferral deferral;
    struct model_place place;
};

enum model_kind { RELATIONSHIP_ONE, RELATIONSHIP_MANY };

/* What of a write goes along a relationship: bits. */
enum model_cascade { CASCADE_SAVE = 1, CASCADE_SOFT_DELETE = 2, CASCADE_DELETE = 4 };

/* What becomes of the rows behind a relationship whose row is soft-deleted. */
enum model_soft_delete {
    SOFT_DELETE_HIDE,   /* they are not shown */
    SOFT_DELETE_FOLLOW, /* they are shown with a mark */
    SOFT_DELETE_KEEP    /* they are unaffected */
};

/* Where model_check is true, `inverse` is set and agrees: inverse->inverse == this, the same key, the other end. */
struct model_relationship {
    const char *name;
    const struct model_entity *from, *to;
    enum model_kind kind;
    /* The key's columns, in the entity that holds it, and what they lead to in the other, pair by pair. */
    struct model_names key, target;
    enum { KEY_HERE, KEY_THERE } holder; /* KEY_HERE: `from` holds the key */
    const struct model_relationship *inverse;
    unsigned cascade; /* bits of enum model_cascade */
    enum model_soft_delete soft_delete;
    struct model_place place;
};

struct model_entity {
    const char *name;                   /* "TestCase" */
    const char *schema, *table;         /* exactly as in the catalog; schema NULL: that of the search path */
    const char *description;            /* the table's comment; or NULL */
    const struct model_column *columns; /* those of the mixins in their order, then its own */
    size_t column_count;
    struct model_names primary_key; /* none: a table without one */
    const char *primary_key_name;   /* or NULL */
    const struct model_unique *uniques;
    size_t unique_count;
    const struct model_check *checks;
    size_t check_count;
    const struct model_index *indexes;
    size_t index_count;
    const struct model_foreign_key *foreign_keys;
    size_t foreign_key_count;
    const struct model_relationship *relationships; /* in the order of the file */
    size_t relationship_count;
    struct model_names mixins; /* as listed */
    const char *label;         /* the column that stands for a row in lists; or NULL */
    const char *soft_delete;   /* the column that marks a deleted row; or NULL */
    struct model_place place;
};

/* A type that the models make. */
struct model_type {
    const char *schema, *name; /* as of an entity's table */
    enum { TYPE_ENUM, TYPE_DOMAIN, TYPE_COMPOSITE } kind;
    struct model_names labels;        /* ENUM */
    struct model_sql base;            /* DOMAIN: the type below */
    bool is_nullable;                 /* DOMAIN */
    struct model_sql value;           /* DOMAIN: the default */
    const struct model_check *checks; /* DOMAIN */
    size_t check_count;
    const struct model_column *fields; /* COMPOSITE: name, type and collation alone */
    size_t field_count;
    const char *comment;
    struct model_place place;
};

/* An extension that types, defaults or indexes need. */
struct model_extension {
    const char *name;
    struct model_place place;
};

/* Constant once read, so that every thread may read it. */
struct model {
    const struct model_entity *entities; /* by name */
    size_t entity_count;
    struct model_type *types; /* in the order of declaration, files by name */
    size_t type_count;
    const struct model_extension *extensions; /* likewise */
    size_t extension_count;
    struct model_names sql_files;   /* .sql files, relative to the folder, by name */
    struct model_finding *findings; /* by file, line, column */
    size_t finding_count;
    bool is_partial; /* a document could not be parsed: what it declares is missed elsewhere */
};

/* YAML text of models. `bytes` need not end in a NUL. */
struct model_input {
    const char *file; /* as shown; copied */
    const char *bytes;
    size_t size_bytes;
    enum {
        MODEL_ONE_DOCUMENT, /* a file: one entity, mixin or set of types */
        MODEL_DOCUMENTS     /* a program's output: any number, between lines "---" */
    } documents;
};

/* Makes entities of texts; they are not needed any more afterwards. Never fails: what is wrong is a finding, and what
 * it stands in is left out as far as it cannot be understood. Owner: `owner`. */
struct model *model_parse(TALLOC_CTX *owner, const struct model_input *inputs, size_t count);

/* Reads the .yaml and .yml files of a folder and of those below it, by name; lists the .sql files. path: absolute;
 * shown: the folder as a person knows it. Links are followed to files inside the folder alone. Owner: `owner`.
 * Errors: ERROR_FILE: the folder, or a file in it, cannot be read. */
struct model *model_load(TALLOC_CTX *owner, const char *path, const char *shown, int64_t limit_bytes,
                         struct error *error) NODISCARD;

/* Adds a finding that only a later step could make (such as SQL text that would not stay one text). Texts are copied.
 */
void model_add_finding(struct model *model, const struct model_finding *finding);

/* False with ERROR_PROJECT, the place and the words of the first defect, and how many more there are; true where there
 * is none. */
bool model_check(const struct model *model, struct error *error) NODISCARD;

/* The same for one who makes tables of them: what is wrong with relationships alone is passed over. */
bool model_check_tables(const struct model *model, struct error *error) NODISCARD;

/* The entity of a name, or NULL. */
const struct model_entity *model_find(const struct model *model, const char *name);

/* The entity of a table, exactly as in the catalog, or NULL. An entity without a schema is found under `path_schema`
 * (the first schema of the search path; NULL: "public"). */
const struct model_entity *model_find_table(const struct model *model, const char *path_schema, const char *schema,
                                            const char *table);

/* A column or relationship of an entity by its name, or NULL. */
const struct model_column *model_find_column(const struct model_entity *entity, const char *name);
const struct model_relationship *model_find_relationship(const struct model_entity *entity, const char *name);

/* "model.base", "model.typed", "model.relationship". */
const char *model_rule_name(enum model_rule rule);

/* The words of YAML and JSON: "one", "many"; "hide", "follow", "keep"; "save", "soft_delete", "delete" (a single bit).
 */
const char *model_kind_name(enum model_kind kind);
const char *model_soft_delete_name(enum model_soft_delete soft_delete);
const char *model_cascade_name(enum model_cascade bit);

#endif
