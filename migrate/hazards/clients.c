/* What programs and people miss: views, functions, types, sequences that go, rights of roles, and what IF NOT EXISTS
 * passes over. */
#include "migrate/hazards/ruling.h"

/* Kinds that hold no rows of their own. */
static const struct {
    const char *kind, *consequence;
} missed[] = {
    {"view", "programs that read it fail"},
    {"materialized view", "its rows must be made again, and programs that read it fail"},
    {"foreign table", "programs that use it fail"},
    {"function", "what calls it fails"},
    {"procedure", "what calls it fails"},
    {"aggregate", "what calls it fails"},
    {"enum", "programs that cast to it fail"},
    {"domain", "programs that cast to it fail"},
    {"range", "programs that cast to it fail"},
    {"type", "programs that cast to it fail"},
    {"schema", "programs that name it, or have it in their search_path, fail"},
    {"sequence", "its position is lost, and programs that draw from it fail"},
    {"publication", "subscribers get nothing more"},
};

/* In one transaction nobody sees it gone; rows and positions are gone all the same. */
static bool is_made_again(const struct ruling *ruling, const struct fact_object *object)
{
    bool has_content = !strcmp(object->kind, "materialized view") || !strcmp(object->kind, "sequence");
    bool is_seen = has_content || !ruling->step->file->is_transactional;
    for (size_t i = ruling->index + 1; !is_seen && i < ruling->step->file->statements.count; i++) {
        const struct facts *facts = &ruling->step->facts[i];
        for (size_t j = 0; j < facts->created_count; j++)
            if (!strcmp(facts->created[j].kind, object->kind) && !strcmp(facts->created[j].name, object->name))
                return true;
    }
    return false;
}

static bool is_relation(const char *kind)
{
    return strstr(kind, "view") || strstr(kind, "table") || !strcmp(kind, "sequence");
}

static void object_dropped(struct ruling *ruling, const struct fact_object *object)
{
    if (object->is_unnamed || is_made_again(ruling, object) ||
        (is_relation(object->kind) && !ruling_is_there(ruling, object->name)))
        return;
    for (size_t i = 0; i < countof(missed); i++)
        if (!strcmp(missed[i].kind, object->kind))
            ruling_add(ruling, HAZARD_object_dropped, object->name, advice_gone(ruling, object->kind, object->name),
                       "drops the %s %s; %s", object->kind, object->name, missed[i].consequence);
}

/* Scratch makes roles by itself, so that nothing is measured of them. */
static void role_changed(struct ruling *ruling)
{
    static const char *const openings[] = {"CREATE ROLE", "CREATE USER", "CREATE GROUP",
                                           "ALTER ROLE",  "ALTER USER",  "ALTER GROUP"};
    bool is_grant = (ruling_begins(ruling, "GRANT") || ruling_begins(ruling, "REVOKE")) &&
                    (!ruling_has(ruling, "ON") || ruling_has_phrase(ruling, "ON DATABASE") ||
                     ruling_has_phrase(ruling, "ON TABLESPACE"));
    bool is_found = is_grant && !(ruling->facts->privileges && *ruling->facts->privileges);
    for (size_t i = 0; i < countof(openings); i++)
        is_found = is_found || (ruling_begins(ruling, openings[i]) && !ruling_has(ruling, "MAPPING"));
    if (is_found)
        ruling_add(ruling, HAZARD_rights, "",
                   "Roles belong to the whole server: see that whoever answers for access has agreed.",
                   "changes what a role of the server may do, or who belongs to it");
}

/* A name that is there may be of something else. */
static void passed_over(struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    bool is_measured = facts->source == FACTS_MEASURED && !facts->failure;
    bool is_asked = (ruling_begins(ruling, "CREATE") || ruling_begins(ruling, "ALTER")) &&
                    ruling_has_phrase(ruling, "IF NOT EXISTS");
    if (!is_measured || !is_asked || facts->created_count || facts->rewrite_count)
        return;
    ruling_add(ruling, HAZARD_passed_over, facts->lock_count ? facts->locks[0].relation : "",
               "See that what is there is what the statement says; `pgdeck diff live migrations` compares.",
               "makes nothing: something of that name is there already, and is left as it is");
}

void ruling_clients(struct ruling *ruling)
{
    for (size_t i = 0; i < ruling->facts->dropped_count; i++)
        object_dropped(ruling, &ruling->facts->dropped[i]);
    role_changed(ruling);
    passed_over(ruling);
}
