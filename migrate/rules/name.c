/* migration.name: what the names of the files say, and what is wrong with the folder. */
#include "migrate/rules/rule.h"

bool rule_migration_name(struct rule_case *rule_case, struct error *error)
{
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    const struct directory_errors *errors = inquiry_directory_errors(rule_case->inquiry);
    for (size_t i = 0; i < errors->count; i++)
        if (!errors->items[i]->line && !rule_blame(rule_case, errors->items[i], error))
            return false;
    if (!directory->exists && !rule_case->result->count)
        return rule_skip(rule_case, "there is no folder %s", directory->shown);
    for (size_t i = 0; i < directory->finding_count; i++) {
        const struct directory_finding *finding = &directory->findings[i];
        if (finding->file && !inquiry_has_changed(rule_case->inquiry, finding->file))
            continue;
        rule_find(rule_case, &(struct rule_finding){.message = finding->message,
                                                    .file = finding->file,
                                                    .line = finding->line,
                                                    .hint = finding->hint});
    }
    rule_evidence(rule_case, "%zu files in %s", directory->count, directory->shown);
    return true;
}
