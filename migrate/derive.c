/* See derive.h. What each kind of statement takes: PostgreSQL's documentation, "Table-Level Locks", and ALTER TABLE. */
#include "migrate/derive.h"

#include <jansson.h>

#include "migrate/parser.h"

/* ---- what is being made ---- */

struct derivation {
    struct facts *facts;
    TALLOC_CTX *owner;
    const struct hazard_sizes *sizes;
    bool is_known; /* its kind says something */
};

static const char *quoted(TALLOC_CTX *owner, const char *name)
{
    size_t plain = strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789$");
    if (!name[plain] && !strchr("0123456789$", name[0]))
        return talloc_strdup(owner, name); /* the tree goes */
    char *text = talloc_strdup(owner, "\"");
    for (; *name; name++)
        text = talloc_asprintf_append_buffer(text, "%s%c", *name == '"' ? "\"" : "", *name);
    return talloc_strdup_append_buffer(text, "\"");
}

/* The only relation of that name; where there are several, or none, the name as it is. */
static const char *find_relation(const struct derivation *derivation, const char *name)
{
    const char *found = NULL;
    size_t length = strlen(name);
    for (size_t i = 0; i < derivation->sizes->count; i++) {
        const char *relation = derivation->sizes->items[i].relation;
        size_t whole = strlen(relation);
        if (whole <= length || relation[whole - length - 1] != '.' || strcmp(relation + whole - length, name) != 0)
            continue;
        if (found)
            return name;
        found = relation;
    }
    return found ? talloc_strdup(derivation->owner, found) : name;
}

static const char *qualified(const struct derivation *derivation, const char *schema, const char *name)
{
    name = quoted(derivation->owner, name);
    if (!schema)
        return find_relation(derivation, name);
    return talloc_asprintf(derivation->owner, "%s.%s", quoted(derivation->owner, schema), name);
}

static const char *text_of(const json_t *node, const char *key)
{
    return json_string_value(json_object_get(node, key));
}

/* Of a RangeVar; NULL where it is none. */
static const char *relation_of(const struct derivation *derivation, const json_t *range)
{
    const json_t *inner = json_object_get(range, "RangeVar");
    const json_t *node = inner ? inner : range;
    const char *name = text_of(node, "relname");
    return name ? qualified(derivation, text_of(node, "schemaname"), name) : NULL;
}

static void *grow(TALLOC_CTX *owner, const void *items, size_t count, size_t size_bytes)
{
    void *list = talloc_realloc_size(owner, (void *)(uintptr_t)items, (count + 1) * size_bytes);
    if (!list)
        abort();
    return list;
}

static void add_lock(struct derivation *derivation, const char *relation, char relkind, enum lock_mode mode)
{
    struct facts *facts = derivation->facts;
    derivation->is_known = true;
    if (!relation)
        return;
    struct fact_lock *locks = grow(derivation->owner, facts->locks, facts->lock_count, sizeof *locks);
    locks[facts->lock_count++] = (struct fact_lock){relation, relkind, mode, false};
    facts->locks = locks;
}

static void add_dropped(struct derivation *derivation, const char *kind, const char *name)
{
    struct facts *facts = derivation->facts;
    struct fact_object *dropped = grow(derivation->owner, facts->dropped, facts->dropped_count, sizeof *dropped);
    dropped[facts->dropped_count++] = (struct fact_object){.kind = kind, .name = name};
    facts->dropped = dropped;
}

static void add_truncated(struct derivation *derivation, const char *relation)
{
    struct facts *facts = derivation->facts;
    struct fact_relation *truncated =
        grow(derivation->owner, facts->truncated, facts->truncated_count, sizeof *truncated);
    truncated[facts->truncated_count++] = (struct fact_relation){.relation = relation, .relkind = 'r'};
    facts->truncated = truncated;
}

/* ---- options ---- */

static bool has_option(const json_t *options, const char *name)
{
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = text_of(json_object_get(json_array_get(options, i), "DefElem"), "defname");
        if (option && !strcmp(option, name))
            return true;
    }
    return false;
}

static bool is_true(const json_t *node, const char *key) { return json_is_true(json_object_get(node, key)); }

/* ---- ALTER TABLE ---- */

static const struct {
    const char *subtype;
    enum lock_mode mode;
} milder[] = {
    {"AT_ValidateConstraint", LOCK_SHARE_UPDATE_EXCLUSIVE}, {"AT_SetStatistics", LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_SetOptions", LOCK_SHARE_UPDATE_EXCLUSIVE},         {"AT_ResetOptions", LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_ClusterOn", LOCK_SHARE_UPDATE_EXCLUSIVE},          {"AT_DropCluster", LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_AttachPartition", LOCK_SHARE_UPDATE_EXCLUSIVE},    {"AT_EnableTrig", LOCK_SHARE_ROW_EXCLUSIVE},
    {"AT_EnableAlwaysTrig", LOCK_SHARE_ROW_EXCLUSIVE},      {"AT_EnableReplicaTrig", LOCK_SHARE_ROW_EXCLUSIVE},
    {"AT_EnableTrigAll", LOCK_SHARE_ROW_EXCLUSIVE},         {"AT_EnableTrigUser", LOCK_SHARE_ROW_EXCLUSIVE},
    {"AT_DisableTrig", LOCK_SHARE_ROW_EXCLUSIVE},           {"AT_DisableTrigAll", LOCK_SHARE_ROW_EXCLUSIVE},
    {"AT_DisableTrigUser", LOCK_SHARE_ROW_EXCLUSIVE},
};

static bool is_foreign_key(const json_t *constraint)
{
    const char *type = text_of(constraint, "contype");
    return type && !strcmp(type, "CONSTR_FOREIGN");
}

static enum lock_mode mode_of_command(const char *subtype, const json_t *def)
{
    for (size_t i = 0; i < countof(milder); i++)
        if (!strcmp(milder[i].subtype, subtype))
            return milder[i].mode;
    if (!strcmp(subtype, "AT_AddConstraint") && is_foreign_key(json_object_get(def, "Constraint")))
        return LOCK_SHARE_ROW_EXCLUSIVE;
    if (!strcmp(subtype, "AT_DetachPartition") && is_true(json_object_get(def, "PartitionCmd"), "concurrent"))
        return LOCK_SHARE_UPDATE_EXCLUSIVE;
    return LOCK_ACCESS_EXCLUSIVE;
}

static void add_reference(struct derivation *derivation, const json_t *constraint)
{
    if (is_foreign_key(constraint))
        add_lock(derivation, relation_of(derivation, json_object_get(constraint, "pktable")), 'r',
                 LOCK_SHARE_ROW_EXCLUSIVE);
}

static void add_references_of_column(struct derivation *derivation, const json_t *column)
{
    const json_t *constraints = json_object_get(column, "constraints");
    for (size_t i = 0; i < json_array_size(constraints); i++)
        add_reference(derivation, json_object_get(json_array_get(constraints, i), "Constraint"));
}

static void derive_command(struct derivation *derivation, const char *table, const json_t *command)
{
    const char *subtype = text_of(command, "subtype"), *name = text_of(command, "name");
    const json_t *def = json_object_get(command, "def");
    const json_t *partition = json_object_get(json_object_get(def, "PartitionCmd"), "name");
    bool drops_column = subtype && !strcmp(subtype, "AT_DropColumn"),
         drops_constraint = subtype && !strcmp(subtype, "AT_DropConstraint");
    if (name && (drops_column || drops_constraint))
        add_dropped(derivation, drops_column ? "column" : "constraint",
                    talloc_asprintf(derivation->owner, "%s.%s", table, quoted(derivation->owner, name)));
    if (partition)
        add_lock(derivation, relation_of(derivation, partition), 'r', LOCK_ACCESS_EXCLUSIVE);
    add_reference(derivation, json_object_get(def, "Constraint"));
    add_references_of_column(derivation, json_object_get(def, "ColumnDef"));
}

static char relkind_of(const json_t *node, const char *key)
{
    const char *type = text_of(node, key);
    bool is_index = type && !strcmp(type, "OBJECT_INDEX"), is_view = type && !strcmp(type, "OBJECT_VIEW");
    return is_index ? 'i' : is_view ? 'v' : 'r';
}

static void derive_alter_table(struct derivation *derivation, const json_t *node)
{
    const char *table = relation_of(derivation, json_object_get(node, "relation"));
    const json_t *commands = json_object_get(node, "cmds");
    enum lock_mode mode = LOCK_NONE;
    for (size_t i = 0; table && i < json_array_size(commands); i++) {
        const json_t *command = json_object_get(json_array_get(commands, i), "AlterTableCmd");
        const char *subtype = text_of(command, "subtype");
        enum lock_mode needed = mode_of_command(subtype ? subtype : "", json_object_get(command, "def"));
        mode = needed > mode ? needed : mode;
        derive_command(derivation, table, command);
    }
    add_lock(derivation, table, relkind_of(node, "objtype"), mode);
}

/* ---- others ---- */

static const struct {
    const char *type, *kind;
    char relkind; /* 0: no relation is locked */
} droppable[] = {
    {"OBJECT_TABLE", "table", 'r'},       {"OBJECT_FOREIGN_TABLE", "foreign table", 'f'},
    {"OBJECT_VIEW", "view", 'v'},         {"OBJECT_MATVIEW", "materialized view", 'm'},
    {"OBJECT_INDEX", "index", 0},         {"OBJECT_SEQUENCE", "sequence", 'S'},
    {"OBJECT_SCHEMA", "schema", 0},       {"OBJECT_TYPE", "type", 0},
    {"OBJECT_DOMAIN", "domain", 0},       {"OBJECT_FUNCTION", "function", 0},
    {"OBJECT_EXTENSION", "extension", 0},
};

/* The last two of a list of names. */
static const char *name_of_list(const struct derivation *derivation, const json_t *items)
{
    const char *names[2] = {NULL, NULL};
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *string = json_object_get(json_array_get(items, i), "String");
        const char *text = text_of(string, "sval");
        names[0] = names[1];
        names[1] = text ? text : text_of(string, "str"); /* libpg_query for 13 and 14 */
    }
    return names[1] ? qualified(derivation, names[0], names[1]) : NULL;
}

static const char *name_of_object(const struct derivation *derivation, const json_t *object)
{
    static const char *const holders[][2] = {{"List", "items"}, {"TypeName", "names"}, {"ObjectWithArgs", "objname"}};
    const json_t *string = json_object_get(object, "String");
    const char *text = text_of(string, "sval");
    for (size_t i = 0; i < countof(holders); i++) {
        const json_t *holder = json_object_get(object, holders[i][0]);
        if (holder)
            return name_of_list(derivation, json_object_get(holder, holders[i][1]));
    }
    text = text ? text : text_of(string, "str");
    return text ? quoted(derivation->owner, text) : NULL;
}

static void derive_drop(struct derivation *derivation, const json_t *node)
{
    const char *type = text_of(node, "removeType");
    const json_t *objects = json_object_get(node, "objects");
    enum lock_mode mode = is_true(node, "concurrent") ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE;
    for (size_t i = 0; type && i < countof(droppable); i++) {
        if (strcmp(type, droppable[i].type) != 0)
            continue;
        derivation->is_known = true;
        for (size_t j = 0; j < json_array_size(objects); j++) {
            const char *name = name_of_object(derivation, json_array_get(objects, j));
            if (!name)
                continue;
            add_dropped(derivation, droppable[i].kind, name);
            if (droppable[i].relkind)
                add_lock(derivation, name, droppable[i].relkind, mode);
        }
    }
}

static void derive_truncate(struct derivation *derivation, const json_t *node)
{
    const json_t *relations = json_object_get(node, "relations");
    for (size_t i = 0; i < json_array_size(relations); i++) {
        const char *relation = relation_of(derivation, json_array_get(relations, i));
        add_lock(derivation, relation, 'r', LOCK_ACCESS_EXCLUSIVE);
        if (relation)
            add_truncated(derivation, relation);
    }
}

static void derive_index(struct derivation *derivation, const json_t *node)
{
    add_lock(derivation, relation_of(derivation, json_object_get(node, "relation")), 'r',
             is_true(node, "concurrent") ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE);
}

static void derive_reindex(struct derivation *derivation, const json_t *node)
{
    bool is_concurrent = has_option(json_object_get(node, "params"), "concurrently") || is_true(node, "concurrent");
    const char *kind = text_of(node, "kind");
    bool is_index = kind && !strcmp(kind, "REINDEX_OBJECT_INDEX");
    if (!json_object_get(node, "relation"))
        return; /* a schema, or the whole database */
    add_lock(derivation, relation_of(derivation, json_object_get(node, "relation")), is_index ? 'i' : 'r',
             is_concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE
             : is_index    ? LOCK_ACCESS_EXCLUSIVE
                           : LOCK_SHARE);
}

static void derive_vacuum(struct derivation *derivation, const json_t *node)
{
    const json_t *relations = json_object_get(node, "rels");
    bool is_full = has_option(json_object_get(node, "options"), "full");
    derivation->is_known = json_array_size(relations) > 0;
    for (size_t i = 0; i < json_array_size(relations); i++)
        add_lock(
            derivation,
            relation_of(derivation,
                        json_object_get(json_object_get(json_array_get(relations, i), "VacuumRelation"), "relation")),
            'r', is_full ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void derive_refresh(struct derivation *derivation, const json_t *node)
{
    add_lock(derivation, relation_of(derivation, json_object_get(node, "relation")), 'm',
             is_true(node, "concurrent") ? LOCK_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE);
}

static void derive_lock(struct derivation *derivation, const json_t *node)
{
    const json_t *relations = json_object_get(node, "relations");
    int64_t mode = json_integer_value(json_object_get(node, "mode"));
    for (size_t i = 0; mode >= LOCK_ACCESS_SHARE && mode <= LOCK_ACCESS_EXCLUSIVE && i < json_array_size(relations);
         i++)
        add_lock(derivation, relation_of(derivation, json_array_get(relations, i)), 'r', (enum lock_mode)mode);
}

static void derive_create(struct derivation *derivation, const json_t *node)
{
    const json_t *elements = json_object_get(node, "tableElts"), *parents = json_object_get(node, "inhRelations");
    bool is_partition = json_object_get(node, "partbound");
    derivation->is_known = true;
    for (size_t i = 0; i < json_array_size(parents); i++)
        add_lock(derivation, relation_of(derivation, json_array_get(parents, i)), is_partition ? 'p' : 'r',
                 is_partition ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE_UPDATE_EXCLUSIVE);
    for (size_t i = 0; i < json_array_size(elements); i++) {
        const json_t *element = json_array_get(elements, i);
        add_reference(derivation, json_object_get(element, "Constraint"));
        add_references_of_column(derivation, json_object_get(element, "ColumnDef"));
    }
}

/* Kinds whose lock hangs on nothing else. mode NONE: none on what exists. */
static const struct {
    const char *node;
    enum lock_mode mode;
} simple[] = {
    {"RenameStmt", LOCK_ACCESS_EXCLUSIVE},
    {"AlterObjectSchemaStmt", LOCK_ACCESS_EXCLUSIVE},
    {"CreateTrigStmt", LOCK_SHARE_ROW_EXCLUSIVE},
    {"RuleStmt", LOCK_ACCESS_EXCLUSIVE},
    {"ClusterStmt", LOCK_ACCESS_EXCLUSIVE},
    {"InsertStmt", LOCK_ROW_EXCLUSIVE},
    {"UpdateStmt", LOCK_ROW_EXCLUSIVE},
    {"DeleteStmt", LOCK_ROW_EXCLUSIVE},
    {"MergeStmt", LOCK_ROW_EXCLUSIVE},
    {"CopyStmt", LOCK_ROW_EXCLUSIVE},
    {"CreateEnumStmt", LOCK_NONE},
    {"AlterEnumStmt", LOCK_NONE},
    {"CreateSchemaStmt", LOCK_NONE},
    {"CreateSeqStmt", LOCK_NONE},
    {"CreateFunctionStmt", LOCK_NONE},
    {"VariableSetStmt", LOCK_NONE},
    {"CreateRoleStmt", LOCK_NONE},
    {"AlterRoleStmt", LOCK_NONE},
    {"AlterRoleSetStmt", LOCK_NONE},
    {"GrantRoleStmt", LOCK_NONE},
    {"DropRoleStmt", LOCK_NONE},
    {"AlterDatabaseSetStmt", LOCK_NONE},
    {"AlterDatabaseStmt", LOCK_NONE},
    {"AlterSystemStmt", LOCK_NONE},
    {"GrantStmt", LOCK_NONE},
    {"CreatedbStmt", LOCK_NONE},
    {"CreateTableSpaceStmt", LOCK_NONE},
    {"DropTableSpaceStmt", LOCK_NONE},
    {"CreateFdwStmt", LOCK_NONE},
    {"CreateForeignServerStmt", LOCK_NONE},
    {"AlterForeignServerStmt", LOCK_NONE},
    {"CreateUserMappingStmt", LOCK_NONE},
    {"DropUserMappingStmt", LOCK_NONE},
    {"CreateSubscriptionStmt", LOCK_NONE},
    {"AlterSubscriptionStmt", LOCK_NONE},
    {"TransactionStmt", LOCK_NONE},
};

static const struct {
    const char *node, *table;
    enum lock_mode mode;
} policies[] = {
    {"CreatePolicyStmt", "table", LOCK_ACCESS_EXCLUSIVE},
    {"AlterPolicyStmt", "table", LOCK_ACCESS_EXCLUSIVE},
};

static const struct {
    const char *node;
    void (*derive)(struct derivation *derivation, const json_t *node);
} particular[] = {
    {"AlterTableStmt", derive_alter_table}, {"DropStmt", derive_drop},
    {"TruncateStmt", derive_truncate},      {"IndexStmt", derive_index},
    {"ReindexStmt", derive_reindex},        {"VacuumStmt", derive_vacuum},
    {"RefreshMatViewStmt", derive_refresh}, {"LockStmt", derive_lock},
    {"CreateStmt", derive_create},
};

static void derive_simple(struct derivation *derivation, const json_t *statement)
{
    for (size_t i = 0; i < countof(simple); i++) {
        const json_t *node = json_object_get(statement, simple[i].node);
        if (!node)
            continue;
        derivation->is_known = true;
        if (simple[i].mode != LOCK_NONE)
            add_lock(derivation, relation_of(derivation, json_object_get(node, "relation")), 'r', simple[i].mode);
    }
    for (size_t i = 0; i < countof(policies); i++) {
        const json_t *node = json_object_get(statement, policies[i].node);
        if (node)
            add_lock(derivation, relation_of(derivation, json_object_get(node, policies[i].table)), 'r',
                     policies[i].mode);
    }
}

bool derive_tree(TALLOC_CTX *owner, const char *tree, const struct hazard_sizes *sizes, struct facts *facts)
{
    json_t *json = json_loads(tree, 0, NULL);
    const json_t *statements = json_object_get(json, "stmts");
    const json_t *statement = json_object_get(json_array_get(statements, 0), "stmt");
    struct facts derived = {.source = FACTS_DERIVED,
                            .reason = facts->reason,
                            .sqlstate = facts->sqlstate ? facts->sqlstate : "",
                            .failure = facts->failure};
    struct derivation derivation = {.facts = &derived, .owner = talloc_new(owner), .sizes = sizes};
    bool is_one = json_array_size(statements) == 1;
    for (size_t i = 0; is_one && i < countof(particular); i++) {
        const json_t *node = json_object_get(statement, particular[i].node);
        if (node)
            particular[i].derive(&derivation, node);
    }
    if (is_one)
        derive_simple(&derivation, statement);
    json_decref(json);
    if (derivation.is_known)
        *facts = derived;
    else
        talloc_free(derivation.owner);
    return derivation.is_known;
}

/* The statements that nothing is known of. */
struct queue {
    struct parser_text *texts;
    struct facts **facts;
    size_t count;
};

static void add_unknown(struct queue *queue, TALLOC_CTX *memory, const struct plan_step *step)
{
    struct facts *facts = (struct facts *)(uintptr_t)step->facts;
    for (size_t i = step->first_statement; facts && i < step->file->statements.count; i++) {
        const struct statement *statement = &step->file->statements.items[i];
        if (facts[i].source != FACTS_UNKNOWN)
            continue;
        queue->texts = talloc_realloc(memory, queue->texts, struct parser_text, (unsigned)queue->count + 1);
        queue->facts = talloc_realloc(memory, queue->facts, struct facts *, (unsigned)queue->count + 1);
        queue->texts[queue->count] = (struct parser_text){statement->text, statement->size_bytes};
        queue->facts[queue->count++] = &facts[i];
    }
}

bool derive_plan(struct plan *plan, const struct hazard_sizes *sizes, struct cancel *cancel, struct error *error)
{
    struct queue queue = {0};
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; i < plan->count; i++)
        add_unknown(&queue, memory, &plan->steps[i]);
    char **trees = talloc_zero_array(memory, char *, (unsigned)queue.count + 1);
    parser_trees(memory, queue.texts, queue.count, cancel, trees);
    for (size_t i = 0; i < queue.count; i++)
        if (trees[i])
            (void)!derive_tree(plan, trees[i], sizes, queue.facts[i]); /* else it stays unknown */
    talloc_free(memory);
    return !cancel_is_requested(cancel) || error_set(error, ERROR_CANCELLED, "cancelled before anything was done");
}
