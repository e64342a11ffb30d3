/* See grammar.h. */
#include "tests/lib/grammar.h"

#define OPEN "«"
#define CLOSE "»"
#define BAR "¦"
#define SCHEMA "§"

/* A text, and then a choice, and then the next node; each of them may be missing. */
struct grammar_node {
    const char *text;
    size_t choice;                       /* in grammar->choices */
    const struct grammar_node **options; /* NULL-terminated; NULL: no choice here, or one to be repeated */
    enum { NODE_TEXT, NODE_CHOICE, NODE_REPEAT, NODE_FOLLOW } kind;
    struct grammar_node *next;
};

struct parser {
    struct grammar *grammar;
    const struct grammar_node **first_nodes; /* by choice: its node */
    const char *at;
    const char *problem;
    size_t parent, parent_option;
};

static bool is_at(const struct parser *parser, const char *mark) { return !strncmp(parser->at, mark, strlen(mark)); }

static bool skip(struct parser *parser, const char *mark)
{
    if (!is_at(parser, mark))
        return false;
    parser->at += strlen(mark);
    return true;
}

static struct grammar_node *parse_nodes(struct parser *parser);

/* ---- parsing ---- */

static const char *trimmed(TALLOC_CTX *owner, const char *text, size_t size_bytes)
{
    while (size_bytes && strchr(" \n", text[size_bytes - 1]))
        size_bytes--;
    while (size_bytes && strchr(" \n", *text))
        text++, size_bytes--;
    return talloc_strndup(owner, text, size_bytes);
}

static size_t find_choice(const struct grammar *grammar, const char *name)
{
    for (size_t i = 0; i < grammar->choice_count; i++)
        if (grammar->choices[i].name && !strcmp(grammar->choices[i].name, name))
            return i;
    return GRAMMAR_NO_PARENT;
}

/* "x=column.type*" */
static void read_head(struct parser *parser, struct grammar_choice *choice, char *head)
{
    char *equals = strchr(head, '='), *tag = equals ? equals + 1 : head;
    if (equals) {
        *equals = '\0';
        choice->name = head;
    }
    char *star = strchr(tag, '*'), *dot = strchr(tag, '.');
    choice->is_alone = !star;
    if (star)
        *star = '\0';
    if (dot)
        *dot = '\0';
    choice->kind = *tag ? tag : NULL;
    choice->attribute = dot ? dot + 1 : NULL;
    if (choice->name && find_choice(parser->grammar, choice->name) != GRAMMAR_NO_PARENT)
        parser->problem = talloc_asprintf(parser->grammar, "%s is named twice", choice->name);
}

static void parse_options(struct parser *parser, struct grammar_node *node, size_t *count)
{
    size_t parent = parser->parent, parent_option = parser->parent_option;
    *count = 0;
    do {
        parser->parent = node->choice;
        parser->parent_option = *count;
        node->options =
            talloc_realloc(parser->grammar, node->options, const struct grammar_node *, (unsigned)*count + 2);
        node->options[(*count)++] = parse_nodes(parser);
        node->options[*count] = NULL;
    } while (skip(parser, BAR));
    parser->parent = parent;
    parser->parent_option = parent_option;
    if (!parser->problem && !skip(parser, CLOSE))
        parser->problem = "a choice does not end";
}

static void parse_new_choice(struct parser *parser, struct grammar_node *node, char *head)
{
    struct grammar *grammar = parser->grammar;
    struct grammar_choice choice = {.parent = parser->parent, .parent_option = parser->parent_option};
    read_head(parser, &choice, head);
    node->kind = NODE_CHOICE;
    node->choice = grammar->choice_count;
    grammar->choices = talloc_realloc(grammar, grammar->choices, struct grammar_choice, (unsigned)node->choice + 1);
    parser->first_nodes =
        talloc_realloc(grammar, parser->first_nodes, const struct grammar_node *, (unsigned)node->choice + 1);
    grammar->choices[grammar->choice_count++] = choice;
    parser->first_nodes[node->choice] = node;
    size_t count;
    parse_options(parser, node, &count);
    grammar->choices[node->choice].option_count = count;
}

static void parse_old_choice(struct parser *parser, struct grammar_node *node, const char *name)
{
    node->choice = find_choice(parser->grammar, name);
    if (node->choice == GRAMMAR_NO_PARENT)
        parser->problem = talloc_asprintf(parser->grammar, "nothing is named \"%s\"", name);
    else if (node->kind == NODE_FOLLOW)
        parse_options(parser, node, &(size_t){0});
    else
        node->options = parser->first_nodes[node->choice]->options;
}

static void parse_choice(struct parser *parser, struct grammar_node *node)
{
    size_t size = strspn(parser->at, "abcdefghijklmnopqrstuvwxyz0123456789_=.*");
    char *head = talloc_strndup(parser->grammar, parser->at, size);
    parser->at += size;
    if (skip(parser, ":")) {
        parse_new_choice(parser, node, head);
        return;
    }
    node->kind = skip(parser, "?") ? NODE_FOLLOW : NODE_REPEAT;
    if (node->kind == NODE_REPEAT && !skip(parser, CLOSE))
        parser->problem = talloc_asprintf(parser->grammar, "neither : nor ? nor » behind \"%s\"", head);
    else
        parse_old_choice(parser, node, head);
}

static struct grammar_node *parse_nodes(struct parser *parser)
{
    struct grammar_node *node = talloc_zero(parser->grammar, struct grammar_node);
    const char *start = parser->at;
    while (*parser->at && !is_at(parser, OPEN) && !is_at(parser, CLOSE) && !is_at(parser, BAR))
        parser->at++;
    node->text = talloc_strndup(parser->grammar, start, (size_t)(parser->at - start));
    if (!parser->problem && skip(parser, OPEN)) {
        parse_choice(parser, node);
        if (!parser->problem)
            node->next = parse_nodes(parser);
    }
    return node;
}

/* Takes the generator's own lines out. */
static char *read_lines(struct grammar *grammar, const char *text)
{
    char *rest = talloc_strdup(grammar, "");
    while (*text) {
        size_t size = strcspn(text, "\n"), whole = size + (text[size] == '\n');
        char *line = talloc_strndup(grammar, text, size);
        if (strncmp(line, "--#", 3) != 0)
            rest = talloc_strndup_append_buffer(rest, text, whole);
        else if (!strncmp(line, "--# once", 8))
            grammar->limit = GRAMMAR_ONCE;
        else if (!strncmp(line, "--# loses:", 10))
            grammar->loses = line + 10;
        text += whole;
    }
    return rest;
}

struct grammar *grammar_parse(TALLOC_CTX *owner, const char *name, const char *text, const char **report)
{
    struct grammar *grammar = talloc_zero(owner, struct grammar);
    grammar->name = talloc_strdup(grammar, name);
    struct parser parser = {.grammar = grammar, .parent = GRAMMAR_NO_PARENT};
    parser.at = read_lines(grammar, text);
    grammar->root = parse_nodes(&parser);
    if (!parser.problem && *parser.at)
        parser.problem = "a choice ends that did not begin";
    if (!parser.problem)
        return grammar;
    *report = talloc_asprintf(owner, "%s: %s before: %.60s", name, parser.problem, parser.at);
    talloc_free(grammar);
    return NULL;
}

/* ---- writing ---- */

static char *write_nodes(char *text, const struct grammar_node *node, const size_t *picks)
{
    for (; node; node = node->next) {
        text = talloc_strdup_append_buffer(text, node->text);
        if (!node->options)
            continue;
        size_t option = 0;
        while (option < picks[node->choice] && node->options[option + 1])
            option++;
        char *inner = write_nodes(talloc_strdup(text, ""), node->options[option], picks);
        text = talloc_strdup_append_buffer(text, trimmed(inner, inner, strlen(inner)));
    }
    return text;
}

char *grammar_write(TALLOC_CTX *owner, const struct grammar *grammar, const size_t *picks, const char *schema)
{
    char *raw = write_nodes(talloc_strdup(owner, ""), grammar->root, picks);
    char *text = talloc_strdup(owner, "");
    const char *at = raw;
    for (const char *mark; (mark = strstr(at, SCHEMA)); at = mark + strlen(SCHEMA)) {
        text = talloc_strndup_append_buffer(text, at, (size_t)(mark - at));
        text = talloc_strdup_append_buffer(text, schema);
    }
    text = talloc_strdup_append_buffer(text, at);
    talloc_free(raw);
    return text;
}

bool grammar_is_visible(const struct grammar *grammar, const size_t *picks, size_t choice)
{
    const struct grammar_choice *at = &grammar->choices[choice];
    while (at->parent != GRAMMAR_NO_PARENT && picks[at->parent] == at->parent_option)
        at = &grammar->choices[at->parent];
    return at->parent == GRAMMAR_NO_PARENT;
}

void grammar_show(const struct grammar *grammar, size_t *picks, size_t choice)
{
    for (const struct grammar_choice *at = &grammar->choices[choice]; at->parent != GRAMMAR_NO_PARENT;
         at = &grammar->choices[at->parent])
        picks[at->parent] = at->parent_option;
}
