/* cluster: the private embedded cluster, by hand. Everybody else starts it on demand. */
#include "store/cluster.h"
#include "store/url.h"

#include "tui/answer.h"
#include "tui/command.h"

static char *url_of(TALLOC_CTX *owner, const struct cluster_status *status)
{
    return talloc_asprintf(owner, "postgresql://%s@/%s?host=%s&port=%d", url_encode(owner, status->user),
                           url_encode(owner, status->database), url_encode(owner, status->socket_directory),
                           status->port);
}

static json_t *pid_json(long pid) { return pid ? json_integer(pid) : json_null(); }

static json_t *status_json(const char *action, const struct cluster_status *status, const char *url)
{
    return json_pack("{s:s, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "action", action,
                     "exists", status->exists, "running", status->is_running, "kept", status->is_kept, "server_pid",
                     pid_json(status->server_pid), "keeper_pid", pid_json(status->keeper_pid), "directory",
                     printer_json_text(status->directory), "data_directory", printer_json_text(status->data_directory),
                     "socket_directory", printer_json_text(status->socket_directory), "log_file",
                     printer_json_text(status->log_file), "owner", printer_json_text(status->owner), "binaries",
                     printer_json_text(status->binaries), "version", printer_json_text(status->version), "size_bytes",
                     (json_int_t)status->size_bytes, "url", printer_json_text(url));
}

static const char *state_word(const struct cluster_status *status)
{
    if (status->is_running)
        return status->is_kept ? "running until \"pgdeck cluster stop\"" : "running while it is used";
    return status->exists ? "stopped" : "not made yet";
}

static void print_status(struct printer *printer, const struct cluster_status *status)
{
    printer_line(printer, ROLE_HEAD, "embedded cluster: %s", state_word(status));
    printer_line(printer, ROLE_PLAIN, "PostgreSQL %s in %s", status->version, status->binaries);
    printer_line(printer, ROLE_PLAIN, "data in %s, %lld MB, owned by %s", status->data_directory,
                 (long long)(status->size_bytes / (1024 * 1024)), status->owner);
    if (status->owner_note)
        printer_line(printer, ROLE_NOTE, "%s", status->owner_note);
    printer_line(printer, ROLE_PLAIN, "log in %s", status->log_file);
    if (status->server_pid)
        printer_line(printer, ROLE_PLAIN, "server %ld, keeper %ld", status->server_pid, status->keeper_pid);
}

/* The answer of every action: the state as it is afterwards. */
static bool answer(struct command_context *context, struct cluster *cluster, const char *action, struct error *error)
{
    struct cluster_status *status = cluster_status(context->memory, cluster, error);
    if (!status)
        return false;
    const char *url = url_of(context->memory, status);
    printer_document(context->printer, status_json(action, status, url));
    if (strcmp(action, "url") != 0) {
        print_status(context->printer, status);
        return true;
    }
    printer_line(context->printer, ROLE_PLAIN, "%s", url);
    if (!status->is_running)
        printer_note(context->printer, "the cluster does not run: \"pgdeck cluster start\" starts it");
    return true;
}

static bool destroy(struct command_context *context, struct cluster *cluster, struct error *error)
{
    struct cluster_status *status = cluster_status(context->memory, cluster, error);
    if (!status)
        return false;
    if (!status->exists && !status->is_running)
        return true;
    if (context->deck->options.access == ACCESS_READ_ONLY) { /* the dispatcher knows no target here to guard */
        error_set(error, ERROR_READ_ONLY, "cluster destroy would delete the embedded database: nothing may be written");
        return error_hint(error, "The program was started with --read-only: leave that out.");
    }
    struct confirmation confirmation = {
        .question = talloc_asprintf(context->memory, "stop the embedded cluster and delete %s with all its data",
                                    status->directory),
        .loss = LOSES_DATA,
    };
    return context->confirm(context, &confirmation, error) && cluster_destroy(cluster, context->cancel, error);
}

static bool act(struct command_context *context, struct cluster *cluster, const char *action, struct error *error)
{
    if (!strcmp(action, "start"))
        return cluster_keep(cluster, context->cancel, error);
    if (!strcmp(action, "stop"))
        return cluster_stop(cluster, context->cancel, error);
    return strcmp(action, "destroy") != 0 || destroy(context, cluster, error);
}

static bool run(struct command_context *context, struct error *error)
{
    const char *action = arguments_operands(context->arguments, NULL)[0];
    struct cluster *cluster = cluster_open(context->memory, context->deck->settings, CLUSTER_EMBEDDED, error);
    return cluster && act(context, cluster, action, error) && answer(context, cluster, action, error);
}

static const struct option options[] = {
    {"yes", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Confirm destroy beforehand."},
};

static const char *const examples[] = {
    "pgdeck cluster status",
    "psql \"$(pgdeck cluster url)\"",
    NULL,
};

const struct command command_cluster = {
    .name = "cluster",
    .summary = "Start, stop, show or delete the private embedded cluster.",
    .description =
        "The embedded cluster is a PostgreSQL server of this project's own, reached through a socket only. It is the "
        "target where no other is named; it starts when it is needed and stops some time after its last user.\n\n"
        "start: starts it and keeps it until stop. stop: ends its sessions and stops it. status: what is known of it. "
        "url: its connection string, for psql and others. destroy: stops it and deletes its data; that is asked, or "
        "confirmed with --yes.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"ACTION", 1, 1, KIND_WORDS, "start|stop|status|url|destroy",
                 "What to do: start, stop, status, url or destroy."},
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_LOCAL,
    .run = run,
};
