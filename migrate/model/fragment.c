/* SQL texts of a model must stay in their place: what closes a parenthesis it did not open, or ends the statement,
 * would make another statement of ours than the model says. See model_ddl_check. */
#include "migrate/lexer.h"
#include "migrate/model_ddl.h"

/* Where a text stands in a statement of ours. */
enum setting {
    SETTING_PARENTHESES, /* alone between ours */
    SETTING_LIST,        /* one of several between commas */
    SETTING_TYPE         /* behind a column's name */
};

/* Words of a column's definition that are no part of any type. */
static const char *const foreign_words[] = {"NOT",   "NULL",       "DEFAULT",    "PRIMARY",   "UNIQUE",
                                            "CHECK", "REFERENCES", "CONSTRAINT", "GENERATED", "COLLATE"};

/* What is wrong with a token at this depth; NULL: nothing. */
static const char *fault_of(const struct token *token, enum setting setting, int depth)
{
    if (token->kind == TOKEN_UNTERMINATED)
        return "it holds something that is not closed";
    if (token->kind == TOKEN_BACKSLASH)
        return "it holds a backslash outside quotes";
    if (token_is_symbol(token, ';'))
        return "it holds a semicolon";
    if (depth < 0)
        return "it closes a parenthesis that it did not open";
    if (setting != SETTING_PARENTHESES && depth == 0 && token_is_symbol(token, ','))
        return "it holds a comma outside parentheses";
    for (size_t i = 0; setting == SETTING_TYPE && depth == 0 && i < countof(foreign_words); i++)
        if (token_is(token, foreign_words[i]))
            return "it says more than a type";
    return NULL;
}

static const char *find_fault(const char *text, enum setting setting)
{
    struct lexer lexer = {.at = text, .end = text + strlen(text)};
    struct token token;
    int depth = 0;
    size_t count = 0;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END; lexer_next(&lexer, &token), count++) {
        depth += token_is_symbol(&token, '(') || token_is_symbol(&token, '[');
        depth -= token_is_symbol(&token, ')') || token_is_symbol(&token, ']');
        const char *fault = fault_of(&token, setting, depth);
        if (fault)
            return fault;
    }
    if (count == 0)
        return "it holds nothing but a comment";
    return depth > 0 ? "it leaves a parenthesis open" : NULL;
}

struct checker {
    struct model *model;
    const char *entity, *part; /* of the finding's object */
};

static void check(const struct checker *checker, const struct model_sql *sql, const char *what, enum setting setting)
{
    const char *fault = sql->text ? find_fault(sql->text, setting) : NULL;
    if (!fault)
        return;
    TALLOC_CTX *memory = talloc_new(NULL);
    model_add_finding(checker->model,
                      &(struct model_finding){
                          .rule = setting == SETTING_TYPE ? MODEL_TYPED : MODEL_BASE,
                          .grade = MODEL_DEFECT,
                          .place = sql->place,
                          .object = checker->part ? talloc_asprintf(memory, "%s.%s", checker->entity, checker->part)
                                                  : checker->entity,
                          .message = talloc_asprintf(memory, "the %s cannot stand in a statement: %s", what, fault),
                          .hint = setting == SETTING_TYPE
                                      ? "Write the type alone; nullable, default and the like have keys of their own."
                                      : "Write one expression; a .sql file of the models takes statements.",
                      });
    talloc_free(memory);
}

static void check_checks(const struct checker *checker, const struct model_check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(checker, &checks[i].condition, "check", SETTING_PARENTHESES);
}

static void check_columns(struct checker checker, const struct model_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        checker.part = columns[i].name;
        check(&checker, &columns[i].type, "type", SETTING_TYPE);
        check(&checker, &columns[i].value, "default", SETTING_PARENTHESES);
        check(&checker, &columns[i].computed, "computed value", SETTING_PARENTHESES);
    }
}

static void check_indexes(const struct checker *checker, const struct model_entity *entity)
{
    for (size_t i = 0; i < entity->index_count; i++) {
        const struct model_index *index = &entity->indexes[i];
        for (size_t part = 0; part < index->part_count; part++)
            check(checker, &index->parts[part].expression, "column of the index", SETTING_LIST);
        check(checker, &index->predicate, "predicate of the index", SETTING_PARENTHESES);
        check(checker, &index->parameters, "list of parameters of the index", SETTING_PARENTHESES);
    }
}

void model_ddl_check(struct model *model)
{
    for (size_t i = 0; i < model->type_count; i++) {
        const struct model_type *type = &model->types[i];
        struct checker checker = {.model = model, .entity = type->name};
        check(&checker, &type->base, "domain's type", SETTING_TYPE);
        check(&checker, &type->value, "default", SETTING_PARENTHESES);
        check_checks(&checker, type->checks, type->check_count);
        check_columns(checker, type->fields, type->field_count);
    }
    for (size_t i = 0; i < model->entity_count; i++) {
        const struct model_entity *entity = &model->entities[i];
        struct checker checker = {.model = model, .entity = entity->name};
        check_columns(checker, entity->columns, entity->column_count);
        check_checks(&checker, entity->checks, entity->check_count);
        check_indexes(&checker, entity);
    }
}
