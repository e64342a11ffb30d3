/* See files.h. */
#include "tui/files.h"

#include "store/task.h"

static bool read_files(struct task *task, void *argument, struct error *error)
{
    struct directory *directory = directory_read(task_memory(task), argument, error);
    task_set_result(task, directory);
    return directory != NULL;
}

bool files_and_status(struct command_context *context, struct files *files, struct error *error)
{
    struct settings *settings = context->deck->settings;
    struct task_options options = {.name = "files", .run = read_files, .argument = settings};
    struct task *task = task_start(context->memory, &options, error);
    if (!task)
        return false;
    struct error *target_error = error_new(context->memory);
    struct status_records *records = NULL;
    files->session = session_open(context->memory, context->deck->pool, context->cancel, target_error);
    if (files->session)
        records = status_load(context->memory, files->session->connection, settings, target_error);
    if (!task_finish(task, error))
        return false;
    files->directory = task_result(task);
    if (!records) {
        error_copy(error, target_error);
        return false;
    }
    files->status = status_make(context->memory, records, files->directory);
    return true;
}
