/* Models: what YAML says becomes entities; what it should not say becomes findings with places; SQL texts stay in their
 * place; DDL knows the lines that it comes from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "migrate/model_ddl.h"
#include "migrate/statement.h"
#include "store/model.h"
#include "tests/lib/server.h"

static int open_memory(void **state)
{
    *state = talloc_named_const(NULL, 0, "test_model");
    return 0;
}

static int close_memory(void **state) { return talloc_free(*state); }

static struct model *parse_text(void *memory, const char *text, size_t size_bytes)
{
    struct model_input input = {
        .file = "m.yaml", .bytes = text, .size_bytes = size_bytes, .documents = MODEL_DOCUMENTS};
    struct model *model = model_parse(memory, &input, 1);
    model_ddl_check(model);
    return model;
}

static struct model *parse(void *memory, const char *text) { return parse_text(memory, text, strlen(text)); }

/* Parses what must have no defect. */
static struct model *parse_good(void *memory, const char *text)
{
    struct model *model = parse(memory, text);
    struct error *error = error_new(memory);
    if (!model_check(model, error))
        fail_msg("%s:%d:%d: %s (%s)", error->file, error->line, error->column, error->message,
                 error->hint ? error->hint : "");
    return model;
}

#define BASE                                                                                                           \
    "mixin: Base\n"                                                                                                    \
    "soft_delete: is_deleted\n"                                                                                        \
    "columns:\n"                                                                                                       \
    "  id:         {type: bigint, nullable: false, primary_key: true, generate: snowflake}\n"                          \
    "  created_at: {type: timestamptz, nullable: false, default: now()}\n"                                             \
    "  is_deleted: {type: boolean, nullable: false, default: \"false\"}\n"                                             \
    "---\n"

/* ---- what is read ---- */

static void test_model_entity_has_what_the_document_says(void **state)
{
    struct model *model =
        parse_good(*state, BASE
                   "entity: TestCase\n"
                   "table: App.\"Test Cases\"\n"
                   "extends: [Base]\n"
                   "description: A case\n"
                   "label: name\n"
                   "columns:\n"
                   "  name:  {type: varchar(255), nullable: false, collation: C, comment: shown}\n"
                   "  total: {type: \"numeric(5,2)\", nullable: true, default: \"1\"}\n"
                   "unique: {case_name_key: [name], other_key: {columns: [name, total], deferrable: deferred}}\n"
                   "checks: {case_check: \"name <> ''\"}\n"
                   "indexes:\n"
                   "  case_idx: {columns: [name, \"lower(name)\"], where: NOT is_deleted, unique: true, using: btree, "
                   "include: [total]}\n");
    assert_int_equal(model->entity_count, 1);
    const struct model_entity *entity = model_find(model, "TestCase");
    assert_non_null(entity);
    assert_string_equal(entity->schema, "app");
    assert_string_equal(entity->table, "Test Cases");
    assert_string_equal(entity->description, "A case");
    assert_string_equal(entity->label, "name");
    assert_string_equal(entity->soft_delete, "is_deleted");
    assert_int_equal(entity->place.line, 8);
    assert_int_equal(entity->column_count, 5);
    assert_string_equal(entity->columns[0].name, "id");
    assert_string_equal(entity->columns[0].mixin, "Base");
    assert_int_equal(entity->columns[0].place.line, 4);
    assert_int_equal(entity->columns[0].generate, GENERATE_SNOWFLAKE);
    assert_string_equal(entity->columns[3].name, "name");
    assert_null(entity->columns[3].mixin);
    assert_string_equal(entity->columns[3].collation, "\"c\"");
    assert_string_equal(entity->columns[4].type.text, "numeric(5,2)");
    assert_string_equal(entity->columns[4].value.text, "1");
    assert_int_equal(entity->primary_key.count, 1);
    assert_int_equal(entity->unique_count, 2);
    assert_int_equal(entity->uniques[1].deferral, DEFERRAL_DEFERRED);
    assert_int_equal(entity->check_count, 1);
    assert_string_equal(entity->checks[0].condition.text, "name <> ''");
    assert_int_equal(entity->index_count, 1);
    assert_true(entity->indexes[0].is_unique);
    assert_string_equal(entity->indexes[0].parts[0].column, "name");
    assert_null(entity->indexes[0].parts[1].column);
    assert_string_equal(entity->indexes[0].parts[1].expression.text, "lower(name)");
    assert_ptr_equal(model_find_table(model, NULL, "app", "Test Cases"), entity);
    assert_null(model_find_table(model, NULL, "app", "test cases"));
    assert_int_equal(model->finding_count, 0);
}

/* The types of the design's own example stand in a flow map without quotes. */
static void test_model_commas_within_parentheses_do_not_end_a_type(void **state)
{
    struct model *model = parse_good(
        *state,
        "types: {score: {domain: numeric(5,2), check: \"VALUE > 0\"}, m: {composite: {a: numeric(1,0), b: text}}}\n"
        "---\n"
        "entity: A\ntable: a\n"
        "columns: {x: {type: numeric(10, 2), nullable: true, default: round(1.5,1)}, y: {type: text, nullable: "
        "true}}\n"
        "indexes: {i: {columns: [coalesce(x,0), y]}}\n");
    assert_string_equal(model->types[0].base.text, "numeric(5, 2)");
    assert_string_equal(model->types[0].checks[0].condition.text, "VALUE > 0");
    assert_int_equal(model->types[1].field_count, 2);
    const struct model_entity *entity = &model->entities[0];
    assert_string_equal(entity->columns[0].type.text, "numeric(10, 2)");
    assert_string_equal(entity->columns[0].value.text, "round(1.5, 1)");
    assert_int_equal(entity->indexes[0].part_count, 2);
    assert_string_equal(entity->indexes[0].parts[0].expression.text, "coalesce(x, 0)");
}

static void test_model_own_column_replaces_that_of_a_mixin_in_its_place(void **state)
{
    struct model *model = parse_good(*state, BASE "entity: A\ntable: a\nextends: [Base]\n"
                                                  "columns:\n"
                                                  "  x: {type: text, nullable: true}\n"
                                                  "  id: {type: uuid, nullable: false, primary_key: true}\n");
    const struct model_entity *entity = &model->entities[0];
    assert_int_equal(entity->column_count, 4);
    assert_string_equal(entity->columns[0].name, "id");
    assert_string_equal(entity->columns[0].type.text, "uuid");
    assert_null(entity->columns[0].mixin);
    assert_string_equal(entity->columns[3].name, "x");
}

static void test_model_mixin_that_is_reached_twice_counts_once(void **state)
{
    struct model *model = parse_good(*state, BASE "mixin: Named\nextends: [Base]\n"
                                                  "columns: {name: {type: text, nullable: true}}\n---\n"
                                                  "mixin: Dated\nextends: Base\n"
                                                  "columns: {day: {type: date, nullable: true}}\n---\n"
                                                  "entity: A\ntable: a\nextends: [Named, Dated]\n");
    assert_int_equal(model->entities[0].column_count, 5);
    assert_string_equal(model->entities[0].columns[4].name, "day");
    assert_string_equal(model->entities[0].columns[4].mixin, "Dated");
}

static void test_model_soft_delete_can_be_given_up(void **state)
{
    struct model *model = parse_good(*state, BASE "entity: A\ntable: a\nextends: [Base]\nsoft_delete: ~\n");
    assert_null(model->entities[0].soft_delete);
}

static void test_model_names_of_things_are_optional(void **state)
{
    struct model *model = parse_good(
        *state, "entity: A\ntable: a\ncolumns: {x: {type: int, nullable: true}, y: {type: int, nullable: true}}\n"
                "unique: [[x], {name: u, columns: [x, y]}]\n"
                "checks: [x > 0, {name: c, check: y > 0}]\n"
                "indexes: [{columns: [x]}, [y]]\n");
    const struct model_entity *entity = &model->entities[0];
    assert_null(entity->uniques[0].name);
    assert_string_equal(entity->uniques[1].name, "u");
    assert_null(entity->checks[0].name);
    assert_string_equal(entity->checks[1].name, "c");
    assert_int_equal(entity->index_count, 2);
    assert_null(entity->indexes[1].name);
}

#define TREE(relationships)                                                                                            \
    BASE "entity: Node\ntable: nodes\nextends: [Base]\n"                                                               \
         "columns: {parent_id: {type: bigint, nullable: true, references: {entity: Node, on_delete: set null}}}\n"     \
         "relationships:\n" relationships

static void test_model_relationship_of_a_tree_knows_its_two_ends(void **state)
{
    struct model *model = parse_good(
        *state, TREE("  parent:   {to: Node, kind: one, key: parent_id, back_populates: children, cascade: [], "
                     "soft_delete: follow}\n"
                     "  children: {to: Node, kind: many, key: parent_id, back_populates: parent, cascade: [save, "
                     "soft_delete, delete], soft_delete: hide}\n"));
    const struct model_entity *node = model_find(model, "Node");
    const struct model_relationship *parent = model_find_relationship(node, "parent");
    const struct model_relationship *children = model_find_relationship(node, "children");
    assert_ptr_equal(parent->inverse, children);
    assert_ptr_equal(children->inverse, parent);
    assert_int_equal(parent->holder, KEY_HERE);
    assert_int_equal(children->holder, KEY_THERE);
    assert_string_equal(parent->target.items[0], "id");
    assert_int_equal(children->cascade, CASCADE_SAVE | CASCADE_SOFT_DELETE | CASCADE_DELETE);
    assert_int_equal(children->soft_delete, SOFT_DELETE_HIDE);
    assert_int_equal(parent->cascade, 0);
    assert_ptr_equal(node->foreign_keys[0].to, node);
    assert_string_equal(node->foreign_keys[0].on_delete, "SET NULL");
}

static void test_model_one_to_one_key_is_held_by_who_has_the_foreign_key(void **state)
{
    struct model *model = parse_good(
        *state, BASE
        "entity: Order\ntable: orders\nextends: [Base]\nrelationships:\n"
        "  parcel: {to: Parcel, kind: one, key: order_id, back_populates: order, cascade: [], soft_delete: keep}\n"
        "---\nentity: Parcel\ntable: parcels\nextends: [Base]\n"
        "columns: {order_id: {type: bigint, nullable: false, references: {entity: Order}}}\nrelationships:\n"
        "  order: {to: Order, kind: one, key: order_id, back_populates: parcel, cascade: [], soft_delete: keep}\n");
    assert_int_equal(model_find(model, "Order")->relationships[0].holder, KEY_THERE);
    assert_int_equal(model_find(model, "Parcel")->relationships[0].holder, KEY_HERE);
}

static void test_model_places_count_lines_of_all_documents(void **state)
{
    struct model *model = parse(*state, "# first\n\n---\nentity: A\ntable: a\n...\n---\n\nentity: B\ntable: b\n"
                                        "label: x\n---\n# nothing\n");
    assert_int_equal(model_find(model, "A")->place.line, 4);
    assert_int_equal(model_find(model, "B")->place.line, 9);
    struct error *error = error_new(*state);
    assert_false(model_check(model, error));
    assert_int_equal(error->line, 11);
    assert_int_equal(error->column, 8);
    assert_string_equal(error->file, "m.yaml");
}

/* ---- what is refused ---- */

#define A_TABLE "entity: A\ntable: a\n"
#define OK "nullable: true}"
#define COLUMNS "columns: {x: {type: int, " OK ", y: {type: text, " OK "}\n"

static const struct {
    const char *text;
    enum model_rule rule;
    int line, column;
    const char *message, *hint; /* parts; hint NULL: any */
} bad_models[] = {
    {"[1]\n", MODEL_BASE, 1, 1, "neither an entity", NULL},
    {"x\n", MODEL_BASE, 1, 1, "neither an entity", NULL},
    {"entiti: A\ntable: a\n", MODEL_BASE, 1, 1, "neither an entity", "\"entity\""},
    {"entity: A\n table: a\n", MODEL_BASE, 2, 7, "not valid YAML", NULL},
    {"entity: A\ntable: a\ntable: b\n", MODEL_BASE, 3, 1, "is there twice", NULL},
    {A_TABLE "columns: {x: {type: text[], " OK "}\n", MODEL_BASE, 3, 25, "not valid YAML", "quotes"},
    {"entity: A\n", MODEL_BASE, 1, 9, "does not say \"table\"", "table: NAME"},
    {"entity: [A]\ntable: a\n", MODEL_BASE, 1, 9, "must be a text, not a list", NULL},
    {"entity: A b\ntable: a\n", MODEL_BASE, 1, 9, "other than letters", NULL},
    {"entity: \"\"\ntable: a\n", MODEL_BASE, 1, 9, "is empty", NULL},
    {"entity: A\ntable: a.b.c\n", MODEL_BASE, 2, 8, "table", NULL},
    {"entity: A\ntable: \"'x' -- \"\n", MODEL_BASE, 2, 8, "table", NULL},
    {A_TABLE "colums: {}\n", MODEL_BASE, 3, 1, "has no key \"colums\"", "\"columns\""},
    {A_TABLE "nonsense_of_all_kinds: 1\n", MODEL_BASE, 3, 1, "has no key", "The keys of"},
    {A_TABLE "columns: [x]\n", MODEL_BASE, 3, 10, "columns must be a map", NULL},
    {A_TABLE "columns: {x: int}\n", MODEL_TYPED, 3, 14, "must be a map", NULL},
    {A_TABLE "columns: {x: {nullable: true}}\n", MODEL_TYPED, 3, 11, "does not say \"type\"", "type: bigint"},
    {A_TABLE "columns: {x: {type: int}}\n", MODEL_TYPED, 3, 11, "does not say \"nullable\"", "nothing is implied"},
    {A_TABLE "columns:\n  x:\n    type: int\n", MODEL_TYPED, 4, 3, "does not say \"nullable\"", NULL},
    {A_TABLE "columns: {x: {type: , " OK "}\n", MODEL_TYPED, 3, 21, "type is empty", NULL},
    {A_TABLE "columns: {x: {type: int, nullable: \"true\"}}\n", MODEL_TYPED, 3, 36, "true or false", "quotes"},
    {A_TABLE "columns: {x: {type: int, nulable: true}}\n", MODEL_TYPED, 3, 26, "has no key", "\"nullable\""},
    {A_TABLE "columns: {x: {type: int, nullable: true, primary_key: true}}\n", MODEL_TYPED, 3, 36, "never null", NULL},
    {A_TABLE "columns: {x: {type: int, generate: uuid, " OK "}\n", MODEL_TYPED, 3, 36, "generate cannot be",
     "snowflake"},
    {A_TABLE "columns: {x: {type: int, default: 1, identity: always, " OK "}\n", MODEL_TYPED, 3, 14, "more than one of",
     NULL},
    {A_TABLE "columns: {x: {type: int NOT NULL, " OK "}\n", MODEL_TYPED, 3, 21, "more than a type", NULL},
    {A_TABLE "columns: {x: {type: \"int, y int\", " OK "}\n", MODEL_TYPED, 3, 21, "comma", NULL},
    {A_TABLE "columns: {x: {type: \"int); DROP TABLE b; --\", " OK "}\n", MODEL_TYPED, 3, 21, "parenthesis", NULL},
    {A_TABLE "columns: {x: {type: \"int; --\", " OK "}\n", MODEL_TYPED, 3, 21, "semicolon", NULL},
    {A_TABLE "columns: {x: {type: \"-- int\", " OK "}\n", MODEL_TYPED, 3, 21, "nothing but a comment", NULL},
    {A_TABLE "columns: {x: {type: int, default: \"'a\", " OK "}\n", MODEL_BASE, 3, 35, "not closed", NULL},
    {A_TABLE "columns: {x: {type: int, default: \"$a$ x\", " OK "}\n", MODEL_BASE, 3, 35, "not closed", NULL},
    {A_TABLE "columns: {x: {type: int, default: \"/* 1\", " OK "}\n", MODEL_BASE, 3, 35, "not closed", NULL},
    {A_TABLE "columns: {x: {type: int, default: \"(1\", " OK "}\n", MODEL_BASE, 3, 35, "open", NULL},
    {A_TABLE "columns: {x: {type: int, default: \"1) , y int DEFAULT (2\", " OK "}\n", MODEL_BASE, 3, 35, "parenthesis",
     NULL},
    {A_TABLE "checks: {c: \"x > 0)); DELETE FROM a WHERE ((true\"}\n", MODEL_BASE, 3, 13, "parenthesis", NULL},
    {A_TABLE COLUMNS "indexes: {i: {columns: [lower(y)], where: x; y}}\n", MODEL_BASE, 4, 43, "semicolon", NULL},
    {A_TABLE COLUMNS "indexes: {i: {columns: [\"x, y\"]}}\n", MODEL_BASE, 4, 25, "comma", NULL},
    {A_TABLE COLUMNS "indexes: {i: {columns: [z]}}\n", MODEL_BASE, 4, 25, "no column \"z\"", NULL},
    {A_TABLE COLUMNS "indexes: {i: {columns: []}}\n", MODEL_BASE, 4, 24, "must be a list", NULL},
    {A_TABLE COLUMNS "indexes: {i: {columns: [x], unique: maybe}}\n", MODEL_BASE, 4, 37, "true or false", NULL},
    {A_TABLE COLUMNS "unique: {u: [xx]}\n", MODEL_BASE, 4, 14, "no column \"xx\"", "\"x\""},
    {A_TABLE COLUMNS "unique: [x, y]\n", MODEL_BASE, 4, 10, "not a text", "list"},
    {A_TABLE COLUMNS "unique: {u: [x, x]}\n", MODEL_BASE, 4, 17, "there twice", NULL},
    {A_TABLE COLUMNS "unique: {u: {columns: [x], deferrable: maybe}}\n", MODEL_BASE, 4, 40, "cannot be", "immediate"},
    {A_TABLE COLUMNS "primary_key: [z]\n", MODEL_BASE, 4, 15, "no column \"z\"", NULL},
    {A_TABLE COLUMNS "primary_key: [x]\n", MODEL_BASE, 4, 14, "is nullable", NULL},
    {A_TABLE COLUMNS "label: name\n", MODEL_BASE, 4, 8, "no column", NULL},
    {A_TABLE COLUMNS "soft_delete: gone\n", MODEL_BASE, 4, 14, "no column", NULL},
    {A_TABLE "extends: [Bas]\n---\nmixin: Base\n", MODEL_BASE, 3, 11, "no mixin \"Bas\"", "\"Base\""},
    {A_TABLE "extends: [A]\n", MODEL_BASE, 3, 11, "that is an entity", NULL},
    {"mixin: M\nextends: [N]\n---\nmixin: N\nextends: [M]\n", MODEL_BASE, 5, 11, "extends itself", NULL},
    {"mixin: M\nindexes: {}\n", MODEL_BASE, 2, 1, "has no key \"indexes\"", NULL},
    {A_TABLE "---\nentity: A\ntable: b\n", MODEL_BASE, 4, 9, "is declared in m.yaml:1", NULL},
    {A_TABLE "---\nentity: B\ntable: a\n", MODEL_BASE, 5, 8, "that of entity A", NULL},
    {"mixin: M\ncolumns: {x: {type: int, " OK "}\n---\nmixin: N\ncolumns: {x: {type: text, " OK "}\n---\n" A_TABLE
     "extends: [M, N]\n",
     MODEL_BASE, 9, 14, "comes from the mixins M and N", NULL},
    {A_TABLE "columns: {x: {type: int, references: {entity: B}, " OK "}\n", MODEL_BASE, 3, 47, "no entity \"B\"", NULL},
    {A_TABLE "columns: {x: {type: int, references: B, " OK "}\n", MODEL_BASE, 3, 38, "must be a map", "entity"},
    {A_TABLE "columns: {x: {type: int, references: {table: b, entity: A}, " OK "}\n", MODEL_BASE, 3, 46,
     "one entity or table", NULL},
    {A_TABLE "columns: {x: {type: int, references: {entity: A}, " OK "}\n", MODEL_BASE, 3, 38, "no primary key", NULL},
    {A_TABLE "columns: {x: {type: int, references: {table: b, on_delete: cascad}, " OK "}\n", MODEL_BASE, 3, 60,
     "on_delete cannot be", "\"cascade\""},
    {A_TABLE COLUMNS "foreign_keys: {f: {columns: [x, y], table: b, references: [c]}}\n", MODEL_BASE, 4, 19,
     "2 columns cannot lead to 1", NULL},
    {"types: {t: {enum: [a, a]}}\n", MODEL_BASE, 1, 23, "there twice", NULL},
    {"types: {t: {enum: a}}\n", MODEL_BASE, 1, 19, "must be a list", NULL},
    {"types: {t: {range: x}}\n", MODEL_BASE, 1, 9, "neither an enum", NULL},
    {"types: {t: {domain: \"int NOT NULL\"}}\n", MODEL_TYPED, 1, 21, "more than a type", NULL},
    {"types: {t: {enum: [a]}}\n---\ntypes: {t: {enum: [b]}}\n", MODEL_BASE, 3, 9, "is declared in m.yaml:1", NULL},
    {"types: [t]\n", MODEL_BASE, 1, 8, "must be a map", NULL},
};

static const struct model_finding *find(const struct model *model, int line, int column, const char *part)
{
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct model_finding *finding = &model->findings[i];
        if (finding->place.line == line && finding->place.column == column && strstr(finding->message, part))
            return finding;
    }
    return NULL;
}

static void fail_with_findings(const struct model *model, const char *text)
{
    for (size_t i = 0; i < model->finding_count; i++)
        print_error("%d:%d: %s (%s)\n", model->findings[i].place.line, model->findings[i].place.column,
                    model->findings[i].message, model->findings[i].hint ? model->findings[i].hint : "");
    fail_msg("%s", text);
}

static void test_model_refusals_name_rule_place_and_way_out(void **state)
{
    for (size_t i = 0; i < countof(bad_models); i++) {
        struct model *model = parse(*state, bad_models[i].text);
        const struct model_finding *finding =
            find(model, bad_models[i].line, bad_models[i].column, bad_models[i].message);
        if (!finding || finding->grade == MODEL_REMARK || finding->rule != bad_models[i].rule)
            fail_with_findings(model, bad_models[i].text);
        if (bad_models[i].hint && (!finding->hint || !strstr(finding->hint, bad_models[i].hint)))
            fail_with_findings(model, bad_models[i].text);
        struct error *error = error_new(*state);
        assert_false(model_check(model, error));
        assert_int_equal(error->code, ERROR_PROJECT);
    }
}

#define TWO(one, other)                                                                                                \
    BASE "entity: P\ntable: p\nextends: [Base]\nrelationships:\n  cs: " one "\n---\n"                                  \
         "entity: C\ntable: c\nextends: [Base]\n"                                                                      \
         "columns: {p_id: {type: bigint, nullable: false, references: {entity: P}}}\nrelationships:\n  p: " other "\n" \
         "---\nentity: D\ntable: d\ncolumns: {p_id: {type: bigint, nullable: false}}\n"
#define MANY "{to: C, kind: many, key: p_id, back_populates: p, cascade: [], soft_delete: hide}"
#define ONE "{to: P, kind: one, key: p_id, back_populates: cs, cascade: [], soft_delete: follow}"

static const struct {
    const char *text;
    int line; /* 12: of P.cs; 19: of C.p */
    const char *message;
} bad_relationships[] = {
    {TWO("{to: C, kind: many, key: p_id, cascade: [], soft_delete: hide}", ONE), 12, "does not say \"back_populates\""},
    {TWO("{to: C, kind: many, key: p_id, back_populates: p, soft_delete: hide}", ONE), 12, "does not say \"cascade\""},
    {TWO("{to: C, kind: many, key: p_id, back_populates: p, cascade: []}", ONE), 12, "does not say \"soft_delete\""},
    {TWO("{to: C, kind: many, back_populates: p, cascade: [], soft_delete: hide}", ONE), 12, "does not say \"key\""},
    {TWO("{to: X, kind: many, key: p_id, back_populates: p, cascade: [], soft_delete: hide}", ONE), 12,
     "no entity \"X\""},
    {TWO("{to: C, kind: some, key: p_id, back_populates: p, cascade: [], soft_delete: hide}", ONE), 12,
     "kind cannot be"},
    {TWO("{to: C, kind: many, key: q_id, back_populates: p, cascade: [], soft_delete: hide}", ONE), 12,
     "C has no column \"q_id\""},
    {TWO("{to: C, kind: many, key: p_id, back_populates: q, cascade: [], soft_delete: hide}", ONE), 12,
     "C has no relationship \"q\""},
    {TWO("{to: C, kind: many, key: p_id, back_populates: p, cascade: all, soft_delete: hide}", ONE), 12,
     "cascade must be a list"},
    {TWO("{to: C, kind: many, key: p_id, back_populates: p, cascade: [remove], soft_delete: hide}", ONE), 12,
     "cascade cannot be"},
    {TWO("{to: C, kind: many, key: p_id, back_populates: p, cascade: [], soft_delete: show}", ONE), 12,
     "soft_delete cannot be"},
    {TWO("{to: D, kind: many, key: p_id, back_populates: p, cascade: [], soft_delete: keep}", ONE), 12,
     "D has no relationship \"p\""},
    {TWO("{to: D, kind: many, key: p_id, back_populates: p, cascade: [soft_delete], soft_delete: keep}", ONE), 12,
     "D has no column that marks"},
    {TWO("{to: D, kind: many, key: p_id, back_populates: p, cascade: [], soft_delete: keep}", ONE), 19,
     "leads to D, not back to C"},
    {TWO("{to: C, kind: many, key: p_id, back_populates: q, cascade: [], soft_delete: keep}", ONE), 19,
     "names \"q\" as its own"},
    {TWO("{to: C, kind: many, key: id, back_populates: p, cascade: [], soft_delete: keep}", ONE), 19,
     "has another key: \"id\""},
    {TWO(MANY, "{to: P, kind: many, key: p_id, back_populates: cs, cascade: [], soft_delete: keep}"), 19,
     "both of kind many"},
    {TWO(MANY, "{to: P, kind: one, key: [p_id, id], back_populates: cs, cascade: [], soft_delete: keep}"), 19,
     "a key of 2 columns cannot lead to the 1"},
    {TREE("  x: {to: Node, kind: one, key: parent_id, back_populates: x, cascade: [], soft_delete: keep}\n"), 13,
     "not its own inverse"},
    {TREE("  parent_id: {to: Node, kind: one, key: parent_id, back_populates: y, cascade: [], soft_delete: keep}\n"),
     13, "a column of that name"},
    {TREE("- x\n"), 13, "must be a map"},
    {TREE("  x: y\n"), 13, "must be a map"},
};

static void test_model_relationships_that_do_not_agree_are_refused(void **state)
{
    parse_good(*state, TWO(MANY, ONE));
    for (size_t i = 0; i < countof(bad_relationships); i++) {
        struct model *model = parse(*state, bad_relationships[i].text);
        bool is_found = false;
        for (size_t k = 0; k < model->finding_count; k++)
            is_found |= model->findings[k].place.line == bad_relationships[i].line &&
                        model->findings[k].rule == MODEL_RELATIONSHIP && model->findings[k].place.column > 0 &&
                        strstr(model->findings[k].message, bad_relationships[i].message);
        if (!is_found)
            fail_with_findings(model, bad_relationships[i].text);
    }
}

static void test_model_refusal_says_how_many_more_there_are(void **state)
{
    struct model *model = parse(*state, A_TABLE "columns: {x: {type: int}, y: {nullable: true}}\nlabel: z\n");
    struct error *error = error_new(*state);
    assert_false(model_check(model, error));
    assert_int_equal(error->line, 3);
    assert_string_equal(error->detail, "2 more things are wrong in the models.");
}

static void test_model_without_a_base_is_a_remark_and_no_defect(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {A_TABLE COLUMNS, "extends no base"},
        {"mixin: M\ncolumns: {id: {type: int, nullable: false, primary_key: true}}\n---\n" A_TABLE "extends: M\n",
         "no timestamps"},
        {"mixin: M\ncolumns: {at: {type: Timestamp, nullable: false}}\n---\n" A_TABLE "extends: M\n", "no primary key"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct model *model = parse_good(*state, cases[i].text);
        assert_int_equal(model->finding_count, 1);
        assert_int_equal(model->findings[0].grade, MODEL_REMARK);
        assert_int_equal(model->findings[0].rule, MODEL_BASE);
        if (!strstr(model->findings[0].message, cases[i].message))
            fail_with_findings(model, cases[i].text);
    }
}

static void test_model_findings_are_bounded(void **state)
{
    char *text = talloc_strdup(*state, A_TABLE "columns:\n");
    for (int i = 0; i < 9000; i++)
        text = talloc_asprintf_append_buffer(text, "  c%d: {}\n", i);
    struct model *model = parse(*state, text);
    assert_int_equal(model->finding_count, 10000);
}

/* ---- the folder ---- */

static void test_model_folder_is_read_by_name_and_lists_sql_files(void **state)
{
    char *folder = test_directory(*state);
    struct error *error = error_new(*state);
    test_write(folder, "b.yaml", "entity: B\ntable: b\n");
    test_write(folder, "below/a.yml", "entity: A\ntable: a\nlabel: x\n");
    test_write(folder, "z.sql", "SELECT 1;\n");
    test_write(folder, "below/y.sql", "SELECT 1;\n");
    test_write(folder, ".hidden.yaml", "entity: C\n");
    test_write(folder, "README.md", "not: [a model\n");
    struct model *model = model_load(*state, folder, "models", 1 << 20, error);
    assert_non_null(model);
    assert_int_equal(model->entity_count, 2);
    assert_string_equal(model->entities[0].place.file, "models/below/a.yml");
    assert_int_equal(model->sql_files.count, 2);
    assert_string_equal(model->sql_files.items[0], "below/y.sql");
    assert_false(model_check(model, error));
    assert_string_equal(error->file, "models/below/a.yml");
}

static void test_model_folder_errors_name_the_file(void **state)
{
    char *folder = test_directory(*state), *outside = test_directory(*state);
    struct error *error = error_new(*state);
    assert_null(model_load(*state, "/nowhere/at/all", "models", 1 << 20, error));
    assert_int_equal(error->code, ERROR_FILE);
    assert_string_equal(error->file, "models");
    test_write(outside, "secret.yaml", "password: x\n");
    char *link = talloc_asprintf(*state, "%s/link.yaml", folder);
    assert_int_equal(symlink(talloc_asprintf(*state, "%s/secret.yaml", outside), link), 0);
    assert_null(model_load(*state, folder, "models", 1 << 20, error));
    assert_string_equal(error->file, "models/link.yaml");
    assert_int_equal(unlink(link), 0);
    test_write(folder, "big.yaml", "# a comment that is longer than the limit\n");
    assert_null(model_load(*state, folder, "models", 10, error));
    assert_string_equal(error->file, "models/big.yaml");
}

static void test_model_folder_takes_one_document_a_file(void **state)
{
    char *folder = test_directory(*state);
    struct error *error = error_new(*state);
    test_write(folder, "two.yaml", "entity: A\ntable: a\n---\nentity: B\ntable: b\n");
    struct model *model = model_load(*state, folder, "models", 1 << 20, error);
    assert_non_null(model);
    assert_false(model_check(model, error));
    assert_int_equal(error->line, 3);
}

/* ---- DDL ---- */

static void test_model_ddl_lines_know_where_they_come_from(void **state)
{
    struct model *model = parse_good(*state, BASE "entity: A\ntable: app.a\nextends: [Base]\n"
                                                  "columns:\n"
                                                  "  x: {type: wrong_type, nullable: true}\n"
                                                  "checks:\n"
                                                  "  c: |\n"
                                                  "    x > 0\n"
                                                  "    AND y -- last\n"
                                                  "indexes: {i: {columns: [x]}}\n");
    struct model_ddl_file file = {.file = "m/f.sql", .text = "SELECT 1;\nSELECT 2 -- open"};
    struct model_ddl *ddl = model_ddl_make(*state, model, &file, 1);
    static const struct {
        const char *text;
        int line;
    } lines[] = {{"CREATE SCHEMA", 8}, {"\"id\" bigint", 4}, {"\"x\" wrong_type", 12}, {"    AND y", 14},
                 {"CREATE INDEX", 17}, {"SELECT 1;", 1},     {"SELECT 2", 2}};
    size_t number = 0, found = 0;
    for (const char *at = ddl->text; *at; number++) {
        for (size_t i = 0; i < countof(lines); i++) {
            if (strncmp(at + strspn(at, " "), lines[i].text + strspn(lines[i].text, " "),
                        strlen(lines[i].text + strspn(lines[i].text, " "))) != 0)
                continue;
            assert_int_equal(ddl->origins[number].line, lines[i].line);
            assert_string_equal(ddl->origins[number].file, lines[i].text[0] == 'S' ? "m/f.sql" : "m.yaml");
            found++;
        }
        at += strcspn(at, "\n") + 1;
    }
    assert_int_equal(found, countof(lines));
    assert_int_equal(number, ddl->line_count);
    struct statement_list list;
    struct error *error = error_new(*state);
    assert_true(statement_split(*state, "x", ddl->text, ddl->size_bytes, METAS_REFUSED, &list, error));
    assert_int_equal(list.count, 5);
}

/* ---- hostile bytes ---- */

static char *whole_model(void *memory)
{
    static const char *const names[] = {
        "base", "types", "agent", "test_case", "test_log", "regression_test", "evaluation_settings"};
    char *text = talloc_strdup(memory, "");
    for (size_t i = 0; i < countof(names); i++) {
        char *path = talloc_asprintf(memory, "store/models/%s.yaml", names[i]), buffer[8192];
        FILE *file = fopen(path, "r");
        if (!file)
            fail_msg("%s cannot be read: tests run in the project's folder", path);
        for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
            text = talloc_strndup_append_buffer(text, buffer, size);
        fclose(file);
        text = talloc_strdup_append_buffer(text, "---\n");
    }
    return text;
}

/* Whatever the bytes: a model without a defect makes as many statements as were meant, whole ones. */
static void judge(void *memory, const char *text, size_t size_bytes)
{
    struct model *model = parse_text(memory, text, size_bytes);
    struct error *error = error_new(memory);
    if (model_check(model, error)) {
        struct model_ddl *ddl = model_ddl_make(memory, model, NULL, 0);
        struct statement_list list;
        if (!statement_split(memory, "x", ddl->text, ddl->size_bytes, METAS_REFUSED, &list, error))
            fail_msg("%s\n%s", error->message, ddl->text);
        for (size_t i = 0; i < list.count; i++)
            if (strncmp(list.items[i].text, "CREATE", 6) != 0 && strncmp(list.items[i].text, "COMMENT", 7) != 0 &&
                strncmp(list.items[i].text, "ALTER TABLE", 11) != 0)
                fail_msg("%.60s", list.items[i].text);
    } else {
        assert_non_null(error->file);
    }
}

static void test_model_survives_any_change_of_its_bytes(void **state)
{
    static const char bytes[] = "(){}[],:;'\"-#\n \t|>&*!%\\$/\xFF\x00x0";
    char *text = whole_model(*state);
    size_t size = strlen(text), defects = 0;
    unsigned seed = 20260316;
    for (int round = 0; round < 1500; round++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        char *changed = talloc_memdup(memory, text, size + 1);
        seed = seed * 1103515245 + 12345;
        for (unsigned i = 0; i < 1 + (seed >> 16) % 3; i++) {
            seed = seed * 1103515245 + 12345;
            size_t at = (seed >> 8) % size;
            seed = seed * 1103515245 + 12345;
            changed[at] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        struct model *model = parse_text(memory, changed, size);
        defects += !model_check(model, error_new(memory));
        judge(memory, changed, size);
        talloc_free(memory);
    }
    assert_true(defects > 100 && defects < 1500);
}

static void test_model_deep_and_wide_input_ends(void **state)
{
    char *chain = talloc_strdup(*state, "");
    for (int i = 0; i < 3000; i++)
        chain = talloc_asprintf_append_buffer(chain, "mixin: M%d\nextends: [M%d]\n---\n", i, i + 1);
    struct model *model = parse(*state, chain);
    assert_true(model->finding_count > 0);
    char *wide = talloc_strdup(*state, A_TABLE "columns: {x: {type: int, nullable: true}}\nindexes: {i: {columns: [");
    for (int i = 0; i < 20000; i++)
        wide = talloc_strdup_append_buffer(wide, "x,");
    wide = talloc_strdup_append_buffer(wide, "x]}}\n");
    assert_non_null(parse(*state, wide));
}

static void test_model_leaves_nothing_behind(void **state)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t before = talloc_total_blocks(NULL);
    struct model *model = parse(memory, TWO(MANY, ONE));
    talloc_free(model);
    assert_int_equal(talloc_total_blocks(memory), 1);
    assert_int_equal(talloc_total_blocks(NULL), before);
    talloc_free(memory);
    (void)state;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_memory, close_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_model_entity_has_what_the_document_says),
        TEST(test_model_commas_within_parentheses_do_not_end_a_type),
        TEST(test_model_own_column_replaces_that_of_a_mixin_in_its_place),
        TEST(test_model_mixin_that_is_reached_twice_counts_once),
        TEST(test_model_soft_delete_can_be_given_up),
        TEST(test_model_names_of_things_are_optional),
        TEST(test_model_relationship_of_a_tree_knows_its_two_ends),
        TEST(test_model_one_to_one_key_is_held_by_who_has_the_foreign_key),
        TEST(test_model_places_count_lines_of_all_documents),
        TEST(test_model_refusals_name_rule_place_and_way_out),
        TEST(test_model_relationships_that_do_not_agree_are_refused),
        TEST(test_model_refusal_says_how_many_more_there_are),
        TEST(test_model_without_a_base_is_a_remark_and_no_defect),
        TEST(test_model_findings_are_bounded),
        TEST(test_model_folder_is_read_by_name_and_lists_sql_files),
        TEST(test_model_folder_errors_name_the_file),
        TEST(test_model_folder_takes_one_document_a_file),
        TEST(test_model_ddl_lines_know_where_they_come_from),
        TEST(test_model_survives_any_change_of_its_bytes),
        TEST(test_model_deep_and_wide_input_ends),
        TEST(test_model_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
