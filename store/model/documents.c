/* YAML text becomes documents, and documents drafts: what each declares is told by its first words. */
#include "store/model/commas.h"
#include "store/model/draft.h"

enum { DOCUMENTS_MOST = 20000 };

struct reading {
    struct model *model;
    TALLOC_CTX *trees; /* owns trees and drafts */
    struct drafts *drafts;
    size_t document_count;
};

static void add_draft(struct reading *reading, const struct reader *reader, const struct yaml_value *root,
                      const struct yaml_value *title, const char *name)
{
    struct draft *draft = talloc_zero(reading->trees, struct draft);
    struct drafts *drafts = reading->drafts;
    drafts->items = talloc_realloc_size(reading->trees, drafts->items, (drafts->count + 1) * sizeof *drafts->items);
    if (!draft || !drafts->items)
        abort();
    draft->reader = *reader;
    draft->reader.object = name;
    draft->kind = yaml_get(root, "entity") ? DRAFT_ENTITY : DRAFT_MIXIN;
    draft->root = root;
    draft->title = title;
    draft->name = name;
    drafts->items[drafts->count++] = draft;
}

/* The name of an entity or mixin: what commands, JSON and other documents call it. */
static bool read_title(const struct reader *reader, const struct yaml_value *title, const char *what, const char **name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    const char *text;
    if (!reader_name(reader, title, what, &text))
        return false;
    if (text[strspn(text, letters)])
        return reader_refuse(reader, title, "Its table may have any name: table: NAME.",
                             "%s \"%s\" has a character other than letters, digits and _", what, text);
    *name = text;
    return true;
}

static void read_draft(struct reading *reading, const struct reader *reader, const struct yaml_value *root)
{
    static const struct reader_key entity_keys[] = {
        {"entity", KEY_DEMANDED, NULL},        {"table", KEY_DEMANDED, "Write table: NAME, or SCHEMA.NAME."},
        {"extends", KEY_OPTIONAL, NULL},       {"description", KEY_OPTIONAL, NULL},
        {"columns", KEY_OPTIONAL, NULL},       {"primary_key", KEY_OPTIONAL, NULL},
        {"unique", KEY_OPTIONAL, NULL},        {"checks", KEY_OPTIONAL, NULL},
        {"indexes", KEY_OPTIONAL, NULL},       {"foreign_keys", KEY_OPTIONAL, NULL},
        {"relationships", KEY_OPTIONAL, NULL}, {"label", KEY_OPTIONAL, NULL},
        {"soft_delete", KEY_OPTIONAL, NULL}};
    static const struct reader_key mixin_keys[] = {{"mixin", KEY_DEMANDED, NULL},
                                                   {"extends", KEY_OPTIONAL, NULL},
                                                   {"description", KEY_OPTIONAL, NULL},
                                                   {"columns", KEY_OPTIONAL, NULL},
                                                   {"soft_delete", KEY_OPTIONAL, NULL}};
    bool is_entity = yaml_get(root, "entity") != NULL;
    const struct yaml_value *title = yaml_get(root, is_entity ? "entity" : "mixin");
    const char *name = NULL;
    if (!read_title(reader, title, is_entity ? "an entity's name" : "a mixin's name", &name))
        return;
    struct reader here = *reader;
    here.object = name;
    here.subject = title;
    const char *what = talloc_asprintf(reader->model, "%s %s", is_entity ? "entity" : "mixin", name);
    if (is_entity)
        (void)reader_map(&here, root, what, entity_keys, countof(entity_keys));
    else
        (void)reader_map(&here, root, what, mixin_keys, countof(mixin_keys));
    add_draft(reading, reader, root, title, name);
}

static void read_root(struct reading *reading, const struct reader *reader, const struct yaml_value *root)
{
    static const char *const titles[] = {"entity", "mixin", "types", "extensions", NULL};
    bool is_draft = yaml_get(root, "entity") || yaml_get(root, "mixin");
    if (is_draft)
        read_draft(reading, reader, root);
    else if (yaml_get(root, "types") || yaml_get(root, "extensions"))
        draft_read_types(reader, root);
    else
        reader_refuse(reader, root,
                      root->kind == YAML_MAP && root->count
                          ? reader_hint(reader, root->entries[0].key->text, titles, "Begin it with entity: NAME.")
                          : "Begin it with entity: NAME.",
                      "the document declares neither an entity, a mixin nor types");
}

static void add_error(const struct reader *reader, const struct error *error)
{
    bool is_flow = !error->hint && (strstr(error->message, "flow ") || strstr(error->message, "is there twice"));
    reader->model->is_partial = true;
    model_add_finding(reader->model,
                      &(struct model_finding){
                          .rule = MODEL_BASE,
                          .place = {.file = reader->file,
                                    .line = error->line ? error->line + reader->line_offset : 0,
                                    .column = error->column},
                          .message = error->message,
                          .hint = is_flow ? "Within { } put a text that holds [ ] { } or a comma in quotes: \"text[]\"."
                                          : error->hint,
                      });
}

static void read_document(struct reading *reading, const struct reader *reader, const char *bytes, size_t size_bytes)
{
    if (reading->document_count++ == DOCUMENTS_MOST) {
        reader_refuse(reader, &(struct yaml_value){.line = 1, .column = 1}, NULL, "there are more than %d documents",
                      DOCUMENTS_MOST);
    }
    if (reading->document_count > DOCUMENTS_MOST)
        return;
    struct error *error = error_new(reading->trees);
    const struct yaml_value *root = yaml_parse(reading->trees, reader->file, bytes, size_bytes, ERROR_PROJECT, error);
    if (!root)
        add_error(reader, error);
    else
        read_root(reading, reader, commas_join(reading->trees, root));
    talloc_free(error);
}

/* ---- a program's output: documents between lines of three dashes, which no text of YAML can hold ---- */

static bool is_separator(const char *line, size_t size_bytes)
{
    return size_bytes >= 3 && (!memcmp(line, "---", 3) || !memcmp(line, "...", 3)) &&
           (size_bytes == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

/* Whether there is anything but blank lines, comments and separators. */
static bool has_content(const char *bytes, size_t size_bytes)
{
    for (const char *at = bytes, *end = bytes + size_bytes; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((newline ? newline : end) - at), blank = 0;
        blank = is_separator(at, size) ? 3 : 0;
        while (blank < size && (at[blank] == ' ' || at[blank] == '\t' || at[blank] == '\r'))
            blank++;
        if (blank < size && at[blank] != '#' && *at != '%') /* a directive says nothing of its own */
            return true;
        at = newline ? newline + 1 : end;
    }
    return false;
}

static void read_documents(struct reading *reading, struct reader *reader, const struct model_input *input)
{
    const char *start = input->bytes, *end = input->bytes + input->size_bytes;
    int line = 0;
    for (const char *at = start; at <= end; line++) {
        const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t size = (size_t)((newline ? newline : end) - at);
        if ((at == end || is_separator(at, size)) && at > start) {
            if (has_content(start, (size_t)(at - start)))
                read_document(reading, reader, start, (size_t)(at - start));
            bool is_end = at < end && *at == '.';
            start = is_end && newline ? newline + 1 : at;
            reader->line_offset = line + is_end;
        }
        at = newline ? newline + 1 : at < end ? end : end + 1;
    }
}

static void read_input(struct reading *reading, const struct model_input *input)
{
    struct reader reader = {.model = reading->model, .rule = MODEL_BASE};
    reader.file = reader_copy(&reader, input->file);
    if (input->documents == MODEL_DOCUMENTS)
        read_documents(reading, &reader, input);
    else
        read_document(reading, &reader, input->bytes, input->size_bytes);
}

void draft_read_inputs(TALLOC_CTX *owner, struct model *model, const struct model_input *inputs, size_t count,
                       struct drafts *drafts)
{
    struct reading reading = {.model = model, .trees = owner, .drafts = drafts};
    for (size_t i = 0; i < count; i++)
        read_input(&reading, &inputs[i]);
}
