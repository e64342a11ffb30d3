/* See runner.h. A command that asks posts its question to the console's thread and waits for the answer, or the cancel.
 */
#include "tui/runner.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/disk.h"
#include "tui/answer.h"
#include "tui/command.h"
#include "tui/consent.h"
#include "tui/frame.h"
#include "tui/screens/help.h"
#include "tui/screens/page.h"

/* ---- words ---- */

static const char *take_word(TALLOC_CTX *owner, const char **at)
{
    char *word = talloc_size(owner, strlen(*at) + 1), quote = 0;
    size_t size = 0;
    for (; **at && (quote || **at != ' '); (*at)++) {
        char c = **at;
        if (quote == c || (!quote && (c == '"' || c == '\'')))
            quote = quote ? 0 : c;
        else if (c == '\\' && quote != '\'' && (*at)[1])
            word[size++] = *++*at;
        else
            word[size++] = c;
    }
    word[size] = '\0';
    return quote ? NULL : word;
}

const char *const *runner_split(TALLOC_CTX *owner, const char *line, size_t *count)
{
    const char **words = talloc_zero_array(owner, const char *, (unsigned)strlen(line) + 1);
    *count = 0;
    for (const char *at = line + strspn(line, " "); *at; at += strspn(at, " "))
        if (!(words[(*count)++] = take_word(words, &at)))
            return NULL;
    return words;
}

/* ---- running ---- */

struct question {
    const struct confirmation *confirmation;
    int fd; /* readable once there is an answer */
    atomic_int answer;
};

struct command_page {
    struct page page;
    struct task *task; /* NULL: ended */
    const char *verb;
    bool is_write;
    enum { CHANGES_NOTHING, CHANGES_SOMETHING } changes; /* files or target */
    struct question *question;                           /* of the open dialog, or NULL; belongs to the task */
    int64_t start_ms;
    int status;
};

/* What the worker works on. */
struct job {
    struct deck *deck;
    const char *const *words;
};

struct answer {
    char *text, *narration;
    int status;
};

/* With the task, on the console's thread: nobody can answer any more. */
static int close_question(struct question *question)
{
    close(question->fd);
    return 0;
}

/* On the worker's thread. */
static bool confirm(struct command_context *context, const struct confirmation *confirmation, struct error *error)
{
    struct task *task = context->confirm_state;
    struct question *question = talloc_zero(task_memory(task), struct question);
    *question = (struct question){.confirmation = confirmation, .fd = eventfd(0, EFD_CLOEXEC)};
    if (question->fd < 0)
        return error_set(error, ERROR_INTERNAL, "no file descriptor is left for a question");
    talloc_set_destructor(question, close_question);
    task_report(task, &question, sizeof(struct question *));
    struct pollfd fds[] = {{question->fd, POLLIN, 0}, {context->cancel->fd, POLLIN, 0}};
    while (poll(fds, countof(fds), -1) < 0)
        ;
    if (cancel_is_requested(context->cancel))
        return error_set(error, ERROR_CANCELLED, "cancelled before anything was done");
    if (atomic_load(&question->answer) != DIALOG_YES)
        return error_set(error, ERROR_CONFIRMATION, "not confirmed; nothing was done");
    context->answer = ANSWER_GIVEN;
    return true;
}

static bool work(struct task *task, void *argument, struct error *error)
{
    const struct job *job = argument;
    char *text = NULL, *narration = NULL;
    size_t text_size = 0, narration_size = 0;
    struct answer *answer = talloc_zero(task_memory(task), struct answer);
    struct printer_options options = {
        .answer = open_memstream(&text, &text_size),
        .narration = open_memstream(&narration, &narration_size),
    };
    if (!options.answer || !options.narration)
        abort();
    options.format = PRINTER_TEXT;
    options.verbosity = PRINTER_NORMAL;
    struct command_context context = {
        .memory = talloc_new(answer),
        .deck = job->deck,
        .printer = printer_new(answer, &options),
        .cancel = task_cancellation(task),
        .confirm = confirm,
        .confirm_state = task,
        .face = FACE_CONSOLE,
        .person = PERSON_PRESENT,
    };
    answer->status = command_run(&context, job->words);
    bool is_whole = printer_finish(context.printer, error);
    talloc_free(context.memory); /* sessions go back on the thread that used them */
    fclose(options.answer);
    fclose(options.narration);
    answer->text = talloc_strndup(answer, text, text_size);
    answer->narration = talloc_strndup(answer, narration, narration_size);
    free(text);
    free(narration);
    task_set_result(task, answer);
    return is_whole;
}

/* ---- the page ---- */

static void on_dialog(void *argument, enum dialog_answer given)
{
    struct command_page *page = argument;
    struct question *question = page->question;
    page->question = NULL;
    if (!question)
        return;
    atomic_store(&question->answer, (int)given);
    uint64_t one = 1;
    ssize_t written UNUSED = write(question->fd, &one, sizeof one);
}

static void on_question(void *listener, const void *progress, size_t size_bytes)
{
    struct command_page *page = listener;
    memcpy(&page->question, progress, size_bytes);
    consent_ask(page->page.base.console, page->question->confirmation, page->verb, on_dialog, page);
}

static void show_answer(struct command_page *page, const struct answer *answer)
{
    struct document *document = document_new(page);
    document_add_bytes(document, LOOK_PLAIN, answer->text, strlen(answer->text));
    if (*answer->text && *answer->narration)
        document_end_line(document);
    document_add_bytes(document, answer->status > 1 ? LOOK_STRONG : LOOK_DIM, answer->narration,
                       strlen(answer->narration));
    if (!*answer->text && !*answer->narration)
        document_line(document, LOOK_DIM, "(no answer)");
    pager_set(page->page.pager, document);
    page->status = answer->status;
}

static void forget_task(struct command_page *page)
{
    struct console *console = page->page.base.console;
    page->task = NULL;
    if (page->is_write)
        console->write_task = NULL;
    else
        console->command_task = NULL;
}

static void on_end(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct command_page *page = argument;
    struct console *console = page->page.base.console;
    if (page->question) {
        page->question = NULL;
        console_close_dialog(console);
    }
    forget_task(page);
    if (succeeded)
        show_answer(page, task_result(task));
    else
        console_say_error(console, error);
    if (page->changes == CHANGES_SOMETHING)
        console_forget(console);
    if (page->is_write || !console->is_target_open)
        console_refresh(console);
}

static const char *refusal(struct view *view, enum action action)
{
    bool leaves = action == ACTION_BACK || action == ACTION_CLOSE || action == ACTION_QUIT ||
                  action == ACTION_COMMAND || action == ACTION_PREVIOUS_VIEW ||
                  (action >= ACTION_SCREEN_1 && action <= ACTION_SCREEN_6);
    return leaves && ((struct command_page *)view)->task ? "The command is running: ^C cancels it." : NULL;
}

static const char *summary(struct view *view, TALLOC_CTX *owner)
{
    struct command_page *page = (struct command_page *)view;
    if (page->task)
        return answer_duration(owner, (clock_monotonic_ms() - page->start_ms) / 1000 * 1000);
    return talloc_asprintf(owner, "exit status %d", page->status);
}

static const struct view_class command_class = {
    .where = AT_PAGER,
    .draw = page_draw,
    .act = page_act,
    .refusal = refusal,
    .typed = page_typed,
    .summary = summary,
    .position = page_position,
    .crumb = page_crumb,
};

static int destroy(struct command_page *page)
{
    if (page->task) {
        loop_drop(page->page.base.console->loop, page->task);
        forget_task(page);
    }
    return 0;
}

static const char *not_now(const struct console *console, const struct command *command)
{
    if (command == command_find("console"))
        return "This is the console.";
    if (console->command_task || console->write_task)
        return "Another command is running: ^C cancels it.";
    bool may_need_target = command && (command->needs == NEEDS_TARGET || command->needs_besides);
    if (may_need_target && !console->is_target_open && console->refreshing)
        return "The target is still being opened.";
    return NULL;
}

static size_t trimmed_size(const char *line)
{
    size_t size = strlen(line);
    while (size > 0 && line[size - 1] == ' ')
        size--;
    return size;
}

static void start(struct console *console, const char *line, const char *const *words)
{
    const struct command *command = command_find(words[0]);
    const char *reason = not_now(console, command);
    if (reason) {
        console_say(console, MESSAGE_WARNING, "%s", reason);
        return;
    }
    struct command_page *page = talloc_zero(console, struct command_page);
    page_init(&page->page, console, &command_class, talloc_asprintf(page, ":%.*s", (int)trimmed_size(line), line));
    struct job *job = talloc_zero(page, struct job);
    *job = (struct job){console->deck, talloc_steal(job, words)};
    page->verb = talloc_strdup(page, words[0]);
    page->is_write = command && command_effect_is_write(command->effect);
    page->changes = command && command->effect != EFFECT_NONE ? CHANGES_SOMETHING : CHANGES_NOTHING;
    page->page.margin = PAGE_INSET;
    page->start_ms = clock_monotonic_ms();
    struct task_options options = {
        .name = words[0], .run = work, .argument = job, .on_progress = on_question, .listener = page};
    struct error *error = error_new(page);
    page->task = loop_start(console->loop, &options, on_end, page, error);
    if (!page->task) {
        console_say_error(console, error);
        talloc_free(page);
        return;
    }
    loop_keep(console->loop, page->task, job);
    talloc_set_destructor(page, destroy);
    if (page->is_write) {
        console->write_task = page->task;
        console->write_name = page->page.title;
    } else {
        console->command_task = page->task;
    }
    console_open(console, &page->page.base);
}

/* ---- the console's own ---- */

static void save_screen(struct console *console, const char *const *words, size_t count)
{
    if (count != 2) {
        console_say(console, MESSAGE_WARNING, "screen takes the name of a file.");
        return;
    }
    struct error *error = error_new(console);
    frame_draw(console); /* without the command line */
    char *text = terminal_text(error, console->terminal);
    if (disk_replace(words[1], words[1], text, strlen(text), error))
        console_say(console, MESSAGE_GOOD, "The screen was saved in %s.", words[1]);
    else
        console_say_error(console, error);
    talloc_free(error);
}

void console_command(struct console *console, const char *line)
{
    TALLOC_CTX *memory = talloc_new(console);
    size_t count = 0;
    const char *const *words = runner_split(memory, line, &count);
    const char *first = words && count > 0 ? words[0] : "";
    if (!words)
        console_say(console, MESSAGE_WARNING, "A quote is not closed.");
    else if (strcmp(first, "q") == 0 || strcmp(first, "quit") == 0)
        console_quit(console);
    else if (strcmp(first, "messages") == 0)
        page_open(console, "Messages", messages_document(console, console->messages), PAGE_FLUSH);
    else if (strcmp(first, "screen") == 0)
        save_screen(console, words, count);
    else if (strcmp(first, "help") == 0 && count == 1)
        help_open(console);
    else if (*first)
        start(console, line, words);
    talloc_free(memory);
}

void runner_on_line(void *argument, const char *line)
{
    struct console *console = argument;
    if (line)
        console_command(console, line);
}

void runner_on_matches(void *argument, const char *matches) { console_say(argument, MESSAGE_NOTE, "%s", matches); }
