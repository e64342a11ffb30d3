/* How a file is written, by its name. See scan.h. */
#include <fnmatch.h>

#include "migrate/secrets/scan.h"

/* The first that fits. */
static const struct {
    const char *pattern;
    enum scan_kind kind;
} kinds[] = {
    {".pgpass", SCAN_PGPASS},
    {"pgpass*", SCAN_PGPASS},
    {".netrc", SCAN_NETRC},
    {"_netrc", SCAN_NETRC},
    {".envrc", SCAN_SHELL},
    {".env*", SCAN_ENV},
    {"*.env", SCAN_ENV},
    {"*.env.*", SCAN_ENV},
    {"env.*", SCAN_ENV},
    {"*.yaml", SCAN_YAML},
    {"*.yml", SCAN_YAML},
    {"*.json", SCAN_JSON},
    {"*.json[c5]", SCAN_JSON},
    {"*.ipynb", SCAN_JSON},
    {"*.ini", SCAN_INI},
    {"*.cfg", SCAN_INI},
    {"*.cnf", SCAN_INI},
    {"*.conf", SCAN_INI},
    {"*.properties", SCAN_INI},
    {"*.toml", SCAN_INI},
    {"*.service", SCAN_INI},
    {".pg_service.conf", SCAN_INI},
    {"*.sql", SCAN_SQL},
    {"*.psql", SCAN_SQL},
    {"*.pgsql", SCAN_SQL},
    {"*.ddl", SCAN_SQL},
    {"*.sh", SCAN_SHELL},
    {"*.bash", SCAN_SHELL},
    {"*.zsh", SCAN_SHELL},
    {"*.fish", SCAN_SHELL},
    {"Makefile*", SCAN_SHELL},
    {"*.mk", SCAN_SHELL},
    {"justfile", SCAN_SHELL},
    {".bash*", SCAN_SHELL},
    {".profile", SCAN_SHELL},
    {"*Dockerfile*", SCAN_DOCKER},
    {"*Containerfile*", SCAN_DOCKER},
    {"*.md", SCAN_PROSE},
    {"*.markdown", SCAN_PROSE},
    {"*.rst", SCAN_PROSE},
    {"*.adoc", SCAN_PROSE},
    {"*.txt", SCAN_PROSE},
    {"*.html", SCAN_PROSE},
    {"README*", SCAN_PROSE},
    {"*.py", SCAN_CODE},
    {"*.js", SCAN_CODE},
    {"*.[cm]js", SCAN_CODE},
    {"*.ts", SCAN_CODE},
    {"*.[jt]sx", SCAN_CODE},
    {"*.go", SCAN_CODE},
    {"*.rb", SCAN_CODE},
    {"*.java", SCAN_CODE},
    {"*.kt", SCAN_CODE},
    {"*.[ch]", SCAN_CODE},
    {"*.cc", SCAN_CODE},
    {"*.cpp", SCAN_CODE},
    {"*.hpp", SCAN_CODE},
    {"*.rs", SCAN_CODE},
    {"*.php", SCAN_CODE},
    {"*.cs", SCAN_CODE},
    {"*.ex", SCAN_CODE},
    {"*.exs", SCAN_CODE},
    {"*.scala", SCAN_CODE},
    {"*.swift", SCAN_CODE},
    {"*.tf", SCAN_CODE},
    {"*.tfvars", SCAN_CODE},
    {"*.hcl", SCAN_CODE},
    {"*.prisma", SCAN_CODE},
    {"*.pl", SCAN_CODE},
    {"*.lua", SCAN_CODE},
    {"*.vue", SCAN_CODE},
    {"*.gradle", SCAN_CODE},
};

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

enum scan_kind scan_kind_of(const char *path)
{
    for (size_t i = 0; i < countof(kinds); i++)
        if (!fnmatch(kinds[i].pattern, name_of(path), 0))
            return kinds[i].kind;
    return SCAN_OTHER;
}

bool scan_is_strict(const char *path)
{
    static const char *const models[] = {"*example*", "*sample*", "*template*", "*dist*", "*test*", "*.ci", NULL};
    const char *name = name_of(path);
    if (!strcmp(name, "pgdeck.yaml"))
        return true;
    if (fnmatch(".env*", name, 0) != 0 || !strcmp(name, ".envrc"))
        return false;
    for (size_t i = 0; models[i]; i++)
        if (!fnmatch(models[i], name, 0))
            return false;
    return true;
}
