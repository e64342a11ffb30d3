/* ping: test_connection as a command, the first thing to ask when something is wrong. Reads no project file but the
 * settings. */
#include "store/session.h"
#include "tui/answer.h"
#include "tui/command.h"

static json_t *facts_json(const struct session_facts *facts)
{
    return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:f}", "ok", 1, "server_version",
                     printer_json_text(facts->server_version), "role", printer_json_text(facts->role), "database",
                     printer_json_text(facts->database), "host", printer_json_text(facts->host), "port",
                     answer_port_json(facts->port), "in_recovery", facts->in_recovery, "read_only", facts->read_only,
                     "pooled", facts->is_pooled, "round_trip_ms", (double)facts->round_trip_us / 1000.0);
}

static bool run(struct command_context *context, struct error *error)
{
    context->document = json_pack("{s:b}", "ok", 0);
    struct session *session = session_open(context->memory, context->deck->pool, context->cancel, error);
    struct session_facts *facts = session ? session_test_connection(context->memory, session, error) : NULL;
    if (!facts)
        return false;
    printer_document(context->printer, facts_json(facts));
    printer_line(context->printer, ROLE_PLAIN, "%s@%s:%s/%s  PostgreSQL %s  %s%s%s  round trip %.1f ms", facts->role,
                 facts->host, facts->port, facts->database, facts->server_version,
                 facts->in_recovery ? "standby" : "primary", facts->read_only ? "  read-only" : "",
                 facts->is_pooled ? "  behind a pooler" : "", (double)facts->round_trip_us / 1000.0);
    return true;
}

static const char *const examples[] = {
    "pgdeck ping",
    "pgdeck -d production --json ping",
    NULL,
};

const struct command command_ping = {
    .name = "ping",
    .summary = "Connect, measure a round trip, and say who and what is there.",
    .description =
        "Connects to the target and reports the server's version, the role, the database, whether the server is a "
        "primary or a standby, whether the session is read-only, and how long a round trip takes.\n\n"
        "Exit status 3 means that the target cannot be reached.",
    .examples = examples,
    .needs = NEEDS_TARGET,
    .effect = EFFECT_NONE,
    .run = run,
};
